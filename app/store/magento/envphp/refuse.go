package envphp

import (
	"slices"
	"strings"

	"github.com/factordesk/factordesk/app"
)

// refused is the error of something that PHP may know, but that is no literal
// array. The deed is a verb with what belongs to it, and never has any text
// out of the file: what is not in quotes may be a password all the same.
func refused(line int, deed string) *app.Error {
	return app.Errorf(app.Invalid, "Line %d of env.php %s.", line, deed).
		WithHint("Factordesk reads only literal arrays and never runs the file. Write the value itself there, or enter the connection by hand.")
}

// broken is the error of something that PHP could not read either.
func broken(line int, deed string) *app.Error {
	return app.Errorf(app.Invalid, "Line %d of env.php %s.", line, deed).
		WithHint("A shop cannot read it like that either. Fetch the file again, or enter the connection by hand.")
}

// refuse says what a token is doing where a value, or what follows one, should
// stand.
func (s *scanner) refuse(t token) *app.Error {
	switch t.kind {
	case strange:
		return refused(t.line, t.text)
	case name:
		return s.refuseName(t)
	case mark:
		switch t.text {
		case "(":
			return refused(t.line, "puts a value in parentheses")
		case "+", "-", "=":
			return refused(t.line, "calculates a value")
		}
	case closing:
		return broken(t.line, "ends the PHP part with ?> before the array ends")
	case end:
		return broken(t.line, "is the last one, and something on it or above is not closed")
	}
	return broken(t.line, "lacks a comma or has something too much")
}

// refuseName says what a bare word stands for, by what follows it.
func (s *scanner) refuseName(t token) *app.Error {
	word := strings.ToLower(strings.TrimPrefix(t.text, `\`))
	next, err := s.next()
	if err != nil {
		next = token{} // something stands behind that is wrong as well, but later
	}
	switch {
	case slices.Contains([]string{"include", "include_once", "require", "require_once"}, word):
		return refused(t.line, "includes another file")
	case word == "new":
		return refused(t.line, "makes an object")
	case slices.Contains([]string{"function", "fn", "static"}, word):
		return refused(t.line, "holds a function")
	case next.is("("):
		return refused(t.line, "calls a function")
	case next.kind == strange && next.text == doubleColon:
		return s.refuseMember(t.line)
	}
	return refused(t.line, "uses a constant")
}

// refuseMember says what stands after a class and its two colons. The names
// that people write for TLS have a number each.
func (s *scanner) refuseMember(line int) *app.Error {
	e := refused(line, "uses a class constant")
	member, err := s.next()
	if err != nil || member.kind != name {
		return e
	}
	constant := strings.TrimPrefix(member.text, "MYSQL_") // PDO::MYSQL_ATTR_…, and Pdo\Mysql::ATTR_… since PHP 8.4
	number, known := map[string]string{
		"ATTR_SSL_KEY": sslKey, "ATTR_SSL_CERT": sslCert, "ATTR_SSL_CA": sslCA, "ATTR_SSL_CAPATH": sslCAPath,
		"ATTR_SSL_CIPHER": sslCipher, "ATTR_SSL_VERIFY_SERVER_CERT": sslVerify,
	}[constant]
	if !known {
		return e
	}
	return e.WithHint("Factordesk reads only literal arrays and never runs the file. Write %s there, the number that MYSQL_%s stands for, "+
		"or enter the connection by hand.", number, constant)
}

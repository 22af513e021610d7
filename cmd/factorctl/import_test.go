//go:build full && linux

package main

import (
	"bufio"
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// hundredThousand is how many good lines the big file has.
const hundredThousand = 100_000

// badLines are the ways in which a line is bad, with the reason that is given.
// %d is replaced by the number of the line.
var badLines = []struct{ line, reason string }{
	{"bad%d,not an address,A,B,,1", "The email address is not valid."},
	{"bad%d,bad%d@,A,B,,1", "The email address is not valid."},
	{"bad%d,,A,B,,1", "The email address is missing."},
	{",bad%d@example.com,A,B,,1", "The username is missing."},
	{"bad %d,bad%d@example.com,A,B,,1", "The username has a blank in it."},
	{"bad:%d,bad%d@example.com,A,B,,1", "The username has a colon in it."},
	{"bad%d,bad%d@example.com,A,B", "The line has 4 fields, the first line names 6."},
	{"bad%d,bad%d@example.com,A,B,,1,extra", "The line has 7 fields, the first line names 6."},
	{"bad%d,bad%d@example.com,J\xfcrgen,B,,1", "The line is not UTF-8 text."},
	{"bad%d,bad%d@example.com,\"A,B,,1", "The quotes in the line do not match."},
	{"bad%d,bad%d@example.com,A\"x,B,,1", "The quotes in the line do not match."},
	{"bad%d,bad%d@example.com,A,B,Wizards,1", `There is no role "Wizards".`},
	{"bad%d,bad%d@example.com,A,B,,maybe", `The column active says "maybe"; it is 1 or 0.`},
	{"bad%d,bad%d@example.com,A\x07,B,,1", "The first name has a control character in it."},
	{"USER000001,bad%d@example.com,A,B,,1", "The username is in line 3 already."},
	{"bad%d,bad%d@example.com," + strings.Repeat("x", 101) + ",B,,1", "The first name is longer than 100 characters."},
	{"bad%d,bad%d@example.com,long,", "The line is longer than 64 KB."}, // 10 MB are added
}

// bigFile writes the big file, and returns what is to be said of its bad lines.
func bigFile(t *testing.T, path string) []rejectedJSON {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	require.NoError(t, err)
	w := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprintln(w, "username,email,first_name,last_name,role,active")
	var rejected []rejectedJSON
	line := 2
	for good, bad := 0, 0; good < hundredThousand; line++ {
		// The bad ones lie all over the file, the first one after the first
		// good ones, the last one as its last line but one.
		if bad < 2*len(badLines) && (good == 10+bad*(hundredThousand/(2*len(badLines))) || good == hundredThousand-1) {
			b := badLines[bad%len(badLines)]
			text := strings.ReplaceAll(b.line, "%d", fmt.Sprint(line))
			_, _ = w.WriteString(text)
			if strings.HasPrefix(b.reason, "The line is longer than 64") {
				_, _ = w.Write(bytes.Repeat([]byte("long "), 10<<20/5))
			}
			_ = w.WriteByte('\n')
			rejected = append(rejected, rejectedJSON{Line: line, Reason: b.reason})
			bad++
			continue
		}
		role, end := "", "\n"
		if good%1000 == 0 {
			role = "Auditor"
		}
		if good%7 == 0 {
			end = "\r\n"
		}
		fmt.Fprintf(w, "user%06d,user%06d@example.com,\"Zoë, %d\",Bauer-%d,%s,%d%s", good, good, good%500, good/500, role, good%10/9, end)
		good++
	}
	require.NoError(t, w.Flush())
	require.NoError(t, f.Close())
	require.Len(t, rejected, 2*len(badLines))
	return rejected
}

// TestBigImport brings in 100,000 users with bad lines of every kind among
// them: the good ones are in, the bad ones are listed, in bounded memory; what
// is stopped is not in at all.
func TestBigImport(t *testing.T) {
	factorctl, h := build(t, "."), newHome(t)
	h.makeStore([]string{"root"}, nil)
	h.must(factorctl, nil, "signin")
	file := filepath.Join(h.root, "people.csv")
	rejected := bigFile(t, file)

	h.stopImport(factorctl, file)

	r := h.must(factorctl, nil, "users", "import", file, "--json")
	require.Empty(t, r.errs, "no progress where there is no terminal")
	var said importJSON
	require.NoError(t, json.Unmarshal([]byte(r.out), &said))
	require.Equal(t, hundredThousand, said.Added)
	require.Zero(t, said.Updated)
	require.Equal(t, rejected, said.Rejected)
	t.Logf("100,000 users and %d bad lines in %s (%.0f users a second), at most %d MiB",
		len(rejected), r.took.Round(time.Millisecond), hundredThousand/r.took.Seconds(), r.peakKiB>>10)
	require.Less(t, r.peakKiB, int64(200<<10))
	h.hasBigImport(factorctl)

	again := h.must(factorctl, nil, "users", "import", file, "--json")
	require.NoError(t, json.Unmarshal([]byte(again.out), &said))
	require.Zero(t, said.Added+said.Updated)
	require.Equal(t, rejected, said.Rejected)
	t.Logf("the same file again: %s, at most %d MiB", again.took.Round(time.Millisecond), again.peakKiB>>10)

	bare := h.run(factorctl, nil, "users", "import", file)
	require.Zero(t, bare.code)
	require.Equal(t, "Added 0, updated 0, unchanged 100,000, rejected 34.\n", bare.out)
	require.True(t, strings.HasPrefix(bare.errs, fmt.Sprintf("line %d: %s\n", rejected[0].Line, rejected[0].Reason)), bare.errs)
	require.Equal(t, len(rejected), strings.Count(bare.errs, "\n"))
	h.hasBigImport(factorctl)
}

// hasBigImport counts the users, by the program and from outside.
func (h *home) hasBigImport(factorctl string) {
	h.t.Helper()
	list := h.must(factorctl, nil, "users", "list", "--json", "--limit", "0")
	require.Equal(h.t, hundredThousand+1, strings.Count(list.out, "\n"))
	require.Less(h.t, list.peakKiB, int64(200<<10))
	require.Contains(h.t, list.out, `"username":"user099999","email":"user099999@example.com","name":"Zoë, 499 Bauer-199","role":"","active":true,`)
	require.NotContains(h.t, list.out, `"bad`)
	db := h.outside()
	defer db.Close()
	for query, want := range map[string]int{
		"SELECT count(*) FROM users":                                                hundredThousand + 1,
		"SELECT count(*) FROM users WHERE username LIKE 'bad%'":                     0,
		"SELECT count(*) FROM users WHERE active":                                   hundredThousand/10 + 1,
		"SELECT count(*) FROM users WHERE role_id = 'auditor'":                      hundredThousand / 1000,
		"SELECT users - (SELECT count(*) FROM users) FROM store":                    0,
		"SELECT count(*) FROM users WHERE username_key = 'user000001'":              1,
		"SELECT count(*) FROM users WHERE email = 'user000001@example.com'":         1,
		"SELECT count(*) FROM users WHERE first_name = 'Zoë, ' || ((id - 2) % 500)": hundredThousand,
	} {
		var n int
		require.NoError(h.t, db.QueryRow(query).Scan(&n), query)
		require.Equal(h.t, want, n, query)
	}
	h.must(factorctl, nil, "audit", "verify")
}

// outside opens the default store without the program, to be read only.
func (h *home) outside() *sql.DB {
	h.t.Helper()
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: h.dirs.DefaultStore()}).EscapedPath()+"?mode=ro&_pragma=busy_timeout(5000)")
	require.NoError(h.t, err)
	return db
}

// imports counts the events of imports that are done.
func (h *home) imports(factorctl string) int {
	h.t.Helper()
	return strings.Count(h.must(factorctl, nil, "audit", "list", "--json", "--limit", "0", "--action", string(app.DoImport)).out, "\n")
}

// progressLine is what a person sees of an import under way.
var progressLine = regexp.MustCompile(`\r([0-9,]+) lines read, ([0-9]+) % of the file `)

// inTheMiddle is a progress of ten thousand lines or more; a busy machine leaves
// out some.
var inTheMiddle = regexp.MustCompile(`\r[0-9]{2},[0-9]{3} lines read`)

// stopImport imports on a terminal and presses Ctrl-C in the middle.
func (h *home) stopImport(factorctl, file string) {
	h.t.Helper()
	before := h.imports(factorctl)
	s := newScreen(h.t)
	cmd := h.command(factorctl, nil, "users", "import", file)
	s.start(cmd)
	require.Eventually(h.t, func() bool { return inTheMiddle.MatchString(s.text()) }, 2*time.Minute, time.Millisecond)
	s.typed("\x03")
	pressed := time.Now()
	code, shown := s.end(cmd)
	seen := progressLine.FindAllStringSubmatch(shown, -1)
	h.t.Logf("stopped after %s lines (%s %%); it ended %s after Ctrl-C", seen[len(seen)-1][1], seen[len(seen)-1][2],
		time.Since(pressed).Round(time.Millisecond))
	require.Equal(h.t, exitRefused, code, shown)
	require.True(h.t, strings.HasSuffix(shown, "factorctl: stopped. Nothing was changed.\r\n"), shown)
	require.NotContains(h.t, shown, "Added")
	db := h.outside()
	defer db.Close()
	var users int
	require.NoError(h.t, db.QueryRow("SELECT count(*) FROM users").Scan(&users))
	require.Equal(h.t, 1, users, "only the administrator is in")
	require.Equal(h.t, before, h.imports(factorctl))
	h.must(factorctl, nil, "audit", "verify")
}

// TestFilesThatCannotBeImported gives files that are no files of users: one
// sentence each, and nothing is in.
func TestFilesThatCannotBeImported(t *testing.T) {
	factorctl, h := build(t, "."), newHome(t)
	h.makeStore([]string{"root"}, nil)
	h.must(factorctl, nil, "signin")
	text := "username,email\nann,ann@example.com\n"
	wide := func(order func(byte) []byte, mark string) string {
		b := []byte(mark)
		for i := range len(text) {
			b = append(b, order(text[i])...)
		}
		return string(b)
	}
	binary := "\x7fELF\x02\x01\x01\x00" + strings.Repeat("\x00\xff\xfe\n,", 1000)
	files := map[string]string{
		"empty.csv": "", "blank.csv": "\n\n", "noemail.csv": "username,name\nann,Ann\n", "nouser.csv": "email\nann@example.com\n",
		"noemail2.csv": "username,first_name\nann,Ann\n", "nohead.csv": "ann,ann@example.com\n", "twice.csv": "username,email,email\n",
		"little.csv": wide(func(c byte) []byte { return []byte{c, 0} }, "\xff\xfe"),
		"big.csv":    wide(func(c byte) []byte { return []byte{0, c} }, "\xfe\xff"),
		"nomark.csv": wide(func(c byte) []byte { return []byte{c, 0} }, ""),
		"binary.csv": binary, "long.csv": strings.Repeat("x", 10<<20), "latin.csv": "username,\xe9mail\n",
		"forbidden.csv": text,
	}
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(h.root, name), []byte(text), 0o600))
	}
	require.NoError(t, os.Mkdir(filepath.Join(h.root, "folder.csv"), 0o700))
	require.NoError(t, os.Chmod(filepath.Join(h.root, "forbidden.csv"), 0o000))
	h.asNobody(factorctl)
	before := h.imports(factorctl)
	for _, c := range []struct {
		name string
		code int
		says string
	}{
		{"empty.csv", exitUsage, "the file is empty. Its first line names the columns: username,email,first_name,last_name,role,active."},
		{"blank.csv", exitUsage, "the file is not CSV text in UTF-8. Its first line names the columns: username,email,first_name,last_name,role,active."},
		{"noemail.csv", exitUsage, `the first line names a column "name", which is not known. It may name username,email,first_name,last_name,role,active.`},
		{"noemail2.csv", exitUsage, `the first line does not name the column "email". It may name username,email,first_name,last_name,role,active; the first two are required.`},
		{"nouser.csv", exitUsage, `the first line does not name the column "username". It may name username,email,first_name,last_name,role,active; the first two are required.`},
		{"nohead.csv", exitUsage, `the first line names a column "ann", which is not known. It may name username,email,first_name,last_name,role,active.`},
		{"twice.csv", exitUsage, `the first line names the column "email" twice.`},
		{"little.csv", exitUsage, "the file is UTF-16 text. Save it as CSV in UTF-8."},
		{"big.csv", exitUsage, "the file is UTF-16 text. Save it as CSV in UTF-8."},
		{"nomark.csv", exitUsage, "the file is not CSV text in UTF-8. Its first line names the columns: username,email,first_name,last_name,role,active."},
		{"binary.csv", exitUsage, "the file is not CSV text in UTF-8. Its first line names the columns: username,email,first_name,last_name,role,active."},
		{"long.csv", exitUsage, "the file is not CSV text in UTF-8. Its first line names the columns: username,email,first_name,last_name,role,active."},
		{"latin.csv", exitUsage, "the file is not CSV text in UTF-8. Its first line names the columns: username,email,first_name,last_name,role,active."},
		{"folder.csv", exitUsage, "folder.csv is a folder, not a CSV file."},
		{"missing.csv", exitNotFound, "there is no file missing.csv."},
		{"forbidden.csv", exitUnreachable, "the file forbidden.csv cannot be read. Look at who may read it."},
	} {
		r := h.run(factorctl, nil, "users", "import", c.name)
		require.Equal(t, c.code, r.code, "%s: %s", c.name, r.errs)
		require.Empty(t, r.out)
		require.Equal(t, "factorctl: "+c.says+"\n", r.errs, c.name)
	}
	require.Equal(t, before, h.imports(factorctl))
	list := h.must(factorctl, nil, "users", "list", "--json")
	require.Equal(t, 1, strings.Count(list.out, "\n"))
}

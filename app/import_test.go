package app_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// importFile imports as the operator, or fails.
func (d *desk) importFile(t checker, r io.Reader) (app.ImportResult, error) {
	t.Helper()
	return d.console.ImportUsers(d.ctx, d.grant(t, app.Deed{Action: app.DoImport}), app.ImportRequest{File: r, Name: "users.csv"})
}

func (d *desk) importText(t checker, text string) app.ImportResult {
	t.Helper()
	r, err := d.importFile(t, strings.NewReader(text))
	require.NoError(t, err)
	return r
}

func lines(rejected []app.Rejected) []int {
	all := make([]int, len(rejected))
	for i, r := range rejected {
		all[i] = r.Line
	}
	return all
}

func TestImportGoodFiles(t *testing.T) {
	for name, text := range map[string]string{
		"plain":                 "username,email\nzoe,zoe@x.example\n",
		"no end of line":        "username,email\nzoe,zoe@x.example",
		"CRLF":                  "username,email\r\nzoe,zoe@x.example\r\n",
		"byte order mark":       "\uFEFFusername,email\nzoe,zoe@x.example\n",
		"mark before a quote":   "\uFEFF\"username\",\"email\"\nzoe,zoe@x.example\n",
		"any order":             "email,active,username\nzoe@x.example,1,zoe\n",
		"any letter case":       "USERNAME, Email \nzoe,zoe@x.example\n",
		"semicolons":            "username;email\nzoe;zoe@x.example\n",
		"quotes":                "username,email\n\"zoe\",\"zoe@x.example\"\n",
		"blank lines":           "username,email\n\n  \r\nzoe,zoe@x.example\n\n",
		"blanks around":         "username,email\n  zoe , zoe@x.example \n",
		"all columns":           "username,email,first_name,last_name,role,active\nzoe,zoe@x.example,,,,\n",
		"a role by name":        "username,email,role\nzoe,zoe@x.example,help DESK\n",
		"quoted comma and name": "username,email,last_name\nzoe,zoe@x.example,\"Quince, the \"\"second\"\"\"\n",
	} {
		t.Run(name, func(t *testing.T) {
			d := signedIn(t, "olive")
			r := d.importText(t, text)
			require.Empty(t, r.Rejected)
			require.Equal(t, 1, r.Added)
			u, err := d.store.FindUser(d.ctx, "zoe")
			require.NoError(t, err)
			require.Equal(t, "zoe@x.example", u.Email)
			require.True(t, u.Active)
			require.False(t, u.Operator)
			if name == "a role by name" {
				require.Equal(t, app.HelpDesk, u.Role.ID)
			}
			if strings.HasPrefix(name, "quoted comma") {
				require.Equal(t, `Quince, the "second"`, u.LastName)
			}
		})
	}
}

func TestImportBadFiles(t *testing.T) {
	for name, c := range map[string]struct{ text, says string }{
		"empty":             {"", "empty"},
		"UTF-16 LE":         {"\xff\xfe" + utf16le("username,email\nzoe,zoe@x.example\n"), "UTF-16"},
		"UTF-16 BE":         {"\xfe\xff\x00u\x00s\x00e\x00r", "UTF-16"},
		"UTF-16, no mark":   {utf16le("username,email\nzoe,zoe@x.example\n"), "CSV text in UTF-8"},
		"Latin-1 header":    {"username,email,pr\xe9nom\nzoe,zoe@x.example,x\n", "CSV text in UTF-8"},
		"a picture":         {"\x89PNG\r\n\x1a\n\x00\x00", "CSV text in UTF-8"},
		"a spreadsheet":     {"PK\x03\x04\x14\x00\x08\x00", "CSV text in UTF-8"},
		"no email column":   {"username,first_name\nzoe,Zoe\n", `"email"`},
		"no username":       {"email\nzoe@x.example\n", `"username"`},
		"no header":         {"zoe,zoe@x.example\n", `"zoe"`},
		"unknown column":    {"username,email,phone\nzoe,zoe@x.example,1\n", `"phone"`},
		"column twice":      {"username,email,Username\nzoe,zoe@x.example,x\n", "twice"},
		"blank first line":  {"\nusername,email\nzoe,zoe@x.example\n", ""},
		"open quote":        {"\"username,email\nzoe,zoe@x.example\n", "CSV text in UTF-8"},
		"10 MB header":      {strings.Repeat("x", 10<<20), "CSV text in UTF-8"},
		"an escape on TTYs": {"username,email,\x1b[31mred\nzoe,zoe@x.example,1\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := signedIn(t, "olive")
			before := d.everything(t)
			var err error
			events := d.events(t, func() { _, err = d.importFile(t, strings.NewReader(c.text)) })
			require.Equal(t, app.Invalid, app.KindOf(err), "%v", err)
			require.Contains(t, err.Error(), c.says)
			require.NotContains(t, err.Error(), "\x1b")
			d.unchanged(t, before)
			for _, e := range events {
				require.NotEqual(t, app.Done, e.Outcome)
			}
		})
	}
}

func utf16le(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func TestImportBadLines(t *testing.T) {
	const header = "username,email,first_name,last_name,role,active\n"
	for name, c := range map[string]struct{ line, says string }{
		"no username":         {",zoe@x.example,,,,", "username is missing"},
		"no email":            {"zoe,,,,,", "email address is missing"},
		"bad email":           {"zoe,zoe at x.example,,,,", "email address is not valid"},
		"email with a name":   {"zoe,Zoe <zoe@x.example>,,,,", "email address is not valid"},
		"two addresses":       {"zoe,\"a@x.example,b@x.example\",,,,", "email address is not valid"},
		"no domain":           {"zoe,zoe@,,,,", "email address is not valid"},
		"username with blank": {"zoe quince,zoe@x.example,,,,", "blank"},
		"username with colon": {"zoe:quince,zoe@x.example,,,,", "colon"},
		"control character":   {"zoe,zoe@x.example,Z\x07oe,,,", "control character"},
		"escape":              {"zoe,zoe@x.example,\x1b[31mZoe,,,", "control character"},
		"Latin-1":             {"zoe,zoe@x.example,Zo\xeb,,,", "UTF-8"},
		"too few fields":      {"zoe,zoe@x.example", "2 fields"},
		"too many fields":     {"zoe,zoe@x.example,,,,,,", "8 fields"},
		"open quote":          {"zoe,zoe@x.example,\"Zoe,,,", "quotes"},
		"stray quote":         {"zoe,zoe@x.example,Z\"oe,,,", "quotes"},
		"no such role":        {"zoe,zoe@x.example,,,Kings,", `role "Kings"`},
		"active maybe":        {"zoe,zoe@x.example,,,,maybe", `"maybe"`},
		"long username":       {strings.Repeat("z", 65) + ",zoe@x.example,,,,", "longer than 64"},
		"long name":           {"zoe,zoe@x.example," + strings.Repeat("é", 101) + ",,,", "longer than 100"},
		"twice":               {"FIRST,zoe@x.example,,,,", "line 2"},
		"10 MB line":          {"zoe,zoe@x.example," + strings.Repeat("x", 10<<20) + ",,,", "longer than 64 KB"},
		"NUL":                 {"zoe\x00,zoe@x.example,,,,", "control character"},
	} {
		t.Run(name, func(t *testing.T) {
			d := signedIn(t, "olive")
			r := d.importText(t, header+"first,first@x.example,F,L,Auditor,no\n"+c.line+"\nlast,last@x.example,,,,\n")
			require.Len(t, r.Rejected, 1)
			require.Equal(t, 3, r.Rejected[0].Line)
			require.Contains(t, r.Rejected[0].Reason, c.says)
			require.Less(t, len(r.Rejected[0].Reason), 300)
			require.NotContains(t, r.Rejected[0].Reason, "\x1b")
			require.Equal(t, 2, r.Added, "the good lines around it are in")
			u, err := d.store.FindUser(d.ctx, "first")
			require.NoError(t, err)
			require.Equal(t, "F L", u.Name())
			require.False(t, u.Active)
			require.Equal(t, app.Auditor, u.Role.ID)
			_, err = d.store.FindUser(d.ctx, "last")
			require.NoError(t, err)
		})
	}
}

func TestImportHoldsNoLongLine(t *testing.T) {
	d := signedIn(t, "olive")
	g := d.grant(t, app.Deed{Action: app.DoImport})
	file := io.MultiReader(strings.NewReader("username,email\n"), io.LimitReader(endless('x'), 200<<20), strings.NewReader("\nzoe,zoe@x.example\n"))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r, err := d.console.ImportUsers(d.ctx, g, app.ImportRequest{File: file})
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	require.Equal(t, []int{2}, lines(r.Rejected))
	require.Equal(t, 1, r.Added)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4<<20))
}

// endless is a reader of one byte for ever.
type endless byte

func (e endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(e)
	}
	return len(b), nil
}

func TestImportWritesWhatItDid(t *testing.T) {
	d := signedIn(t, "olive")
	events := d.events(t, func() {
		r := d.importText(t, "username,email\nzoe,zoe@x.example\nann,new@x.example\nben,ben@juniper.example\nbad\n")
		require.Equal(t, 1, r.Added)
		require.Equal(t, 1, r.Updated)
		require.Equal(t, 1, r.Same)
		require.Equal(t, []int{5}, lines(r.Rejected))
	})
	require.Len(t, events, 1)
	require.Equal(t, app.DoImport, events[0].Action)
	require.Equal(t, app.Done, events[0].Outcome)
	require.Equal(t, "users.csv", events[0].Reason)
	require.Contains(t, events[0].Detail("password"), "used once")
}

func TestImportStops(t *testing.T) {
	d := signedIn(t, "olive")
	before := d.everything(t)
	good := "username,email\n" + strings.Repeat("zoe,zoe@x.example\n", 1)
	for name, c := range map[string]struct {
		file io.Reader
		kind app.Kind
	}{
		"the disk fails": {io.MultiReader(strings.NewReader(good), iotest.ErrReader(errors.New("read /dev/sdb1: input/output error"))), app.Unreachable},
		"at once":        {iotest.ErrReader(errors.New("read /dev/sdb1: input/output error")), app.Unreachable},
	} {
		_, err := d.importFile(t, c.file)
		require.Equal(t, c.kind, app.KindOf(err), name)
		require.NotContains(t, err.Error(), "sdb1", name)
		d.unchanged(t, before)
	}

	ctx, cancel := context.WithCancel(d.ctx)
	g := d.grant(t, app.Deed{Action: app.DoImport})
	var text bytes.Buffer
	text.WriteString("username,email\n")
	for i := range 10_000 {
		_, _ = fmt.Fprintf(&text, "user%d,user%d@x.example\n", i, i)
	}
	_, err := d.console.ImportUsers(ctx, g, app.ImportRequest{File: &text, Progress: func(rows int, read int64) {
		require.Positive(t, read)
		if rows >= 500 {
			cancel()
		}
	}})
	require.Equal(t, app.Canceled, app.KindOf(err))
	d.unchanged(t, before)
}

func FuzzImport(f *testing.F) {
	for _, seed := range []string{
		"username,email\nzoe,zoe@x.example\n", "\uFEFFemail;username\r\na@b.example;a\r\n", "\"username\",email\n\"a\"\"b\",c\n",
		"username,email,active\nolive,o@x.example,0\nOLIVE,x,1\n\n,,\n", "\xff\xfeu\x00", "username,email\nx\x00,y@z.example\n",
		"username,email,role\nann,ann@x.example,Administrators\n", "username,email\r\r\n\n\r\n", "username,email\n\"\n\"\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		d := signedIn(t, "olive")
		before := d.everything(t)
		r, err := d.importFile(t, bytes.NewReader(file))
		if err != nil {
			require.Equal(t, app.Invalid, app.KindOf(err))
			d.unchanged(t, before)
			return
		}
		most := bytes.Count(file, []byte("\n")) + 1
		require.LessOrEqual(t, r.Added+r.Updated+r.Same+len(r.Rejected), most-1, "each line is counted once")
		for i, no := range lines(r.Rejected) {
			require.Greater(t, no, 1)
			require.LessOrEqual(t, no, most)
			require.NotEmpty(t, r.Rejected[i].Reason)
			require.True(t, i == 0 || no > r.Rejected[i-1].Line, "in the order of the file, each once")
		}
		p, err := d.store.Users(d.ctx, app.Query{Limit: 100_000})
		require.NoError(t, err)
		require.Len(t, p.Users, len(before.Users)+r.Added)
		for _, u := range p.Users {
			require.NoError(t, app.CheckUsername(u.Username))
			require.NoError(t, app.CheckEmail(u.Email))
			require.NoError(t, app.CheckName("first name", u.FirstName))
			require.NoError(t, app.CheckName("last name", u.LastName))
		}
		olive := d.user(t, "olive")
		require.True(t, olive.Active && olive.Operator)
		report, err := d.store.VerifyChain(d.ctx, nil)
		require.NoError(t, err)
		require.True(t, report.Whole)
	})
}

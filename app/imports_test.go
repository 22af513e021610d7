package app_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module is the prefix of every package of ours.
const module = "github.com/factordesk/factordesk/"

// use is one import of one file. A package of ours goes by its folder ("app/otp"), any other by its
// import path.
type use struct {
	file     string
	from     string
	imported string
	ours     bool
	test     bool // in a _test.go file
}

// rule is a row of the layout's table: which packages it is for, what they may import, and the
// sentence that explains it. The first row that fits a package is the one that counts.
type rule struct {
	who      string // a pattern of the importing folder, as for path.Match; a /... at the end takes in all below
	ours     []string
	inTests  []string // what its test files may import besides
	foreign  func(imported string) bool
	sentence string
}

// rules is the layout's table. A package that no row fits is an error, so a new kind of package gets
// its row here.
func rules() []rule {
	return []rule{
		{
			who: "app", inTests: []string{"app/..."}, foreign: onlyStandard,
			sentence: "app imports the standard library only, without database/sql, and no other package of ours",
		},
		{
			who: "app/store/*/...", ours: []string{"app", "app/seal", "app/otp", "app/audit"},
			inTests: []string{"app/..."}, foreign: noFyne,
			sentence: "a store imports app, app/seal, app/otp, app/audit and its driver; never Fyne, screens or another store",
		},
		{
			who: "app/connect/...", ours: []string{"app/..."}, foreign: noFyne,
			sentence: "app/connect puts all of app together; never Fyne or screens",
		},
		{
			who: "app/servertest", foreign: noFyne,
			sentence: "app/servertest starts database servers and speaks to them; it imports nothing of ours",
		},
		{
			who: "app/*/...", ours: []string{"app", "app/otp", "app/otpauth"}, inTests: []string{"app/..."}, foreign: noFyneNoSQL,
			sentence: "a package below app imports app, app/otp and app/otpauth; never a store, a database, Fyne or screens",
		},
		{
			who: "screens/kit/...", ours: []string{"app", "assets"}, foreign: noSQL,
			inTests:  []string{"app/store/memory", "app/otp", "app/otpauth", "app/qr"},
			sentence: "screens/kit imports Fyne, assets and app; never a store or a screen",
		},
		{
			who: "screens", ours: []string{"app", "assets", "screens/..."}, foreign: noSQL,
			inTests:  []string{"app/store/memory", "app/otp", "app/otpauth", "app/qr", "app/provider/...", "app/audit", "app/seal"},
			sentence: "the shell imports app and the screens; never a store, app/connect or database/sql",
		},
		{
			who: "screens/*/...", ours: []string{"app", "screens/kit/..."}, foreign: noSQL,
			inTests:  []string{"app/store/memory", "app/diagnosis", "app/otp", "app/otpauth", "app/qr", "app/provider/...", "app/audit", "app/seal"},
			sentence: "a screen imports app, screens/kit and Fyne; never a store, app/connect, database/sql or another screen",
		},
		{
			who: "cmd/factorctl/...", ours: []string{"app/..."}, foreign: noFyne,
			sentence: "cmd/factorctl imports app and what is below it; never Fyne, screens or assets",
		},
		{
			who: "cmd/factordesk/...", ours: []string{"app/...", "assets", "screens/..."}, foreign: anything,
			sentence: "cmd/factordesk imports app, screens and assets; never another command",
		},
		{
			who: "cmd/dev", foreign: standard,
			sentence: "cmd/dev imports the standard library only, so that it builds before anything has been fetched",
		},
		{who: "assets", foreign: standard, sentence: "assets imports the standard library only"},
	}
}

func anything(string) bool             { return true }
func standard(imported string) bool    { return !strings.Contains(before(imported), ".") }
func noSQL(imported string) bool       { return !within(imported, "database/sql") }
func noFyne(imported string) bool      { return !within(imported, "fyne.io") }
func noFyneNoSQL(imported string) bool { return noFyne(imported) && noSQL(imported) }

func onlyStandard(imported string) bool { return standard(imported) && noSQL(imported) }

// before returns the first element of an import path: a host's name for all but the standard library.
func before(imported string) string {
	first, _, _ := strings.Cut(imported, "/")
	return first
}

// within says whether an import path is folder or lies below it.
func within(imported, folder string) bool {
	return imported == folder || strings.HasPrefix(imported, folder+"/")
}

// fits says whether a folder matches a pattern: path.Match for as many elements as the pattern has,
// and with /... at the end whatever lies below.
func fits(folder, pattern string) bool {
	if base, below := strings.CutSuffix(pattern, "/..."); below {
		pattern = base
		if elements := strings.Split(folder, "/"); len(elements) > strings.Count(base, "/")+1 {
			folder = strings.Join(elements[:strings.Count(base, "/")+1], "/")
		}
	}
	ok, _ := path.Match(pattern, folder)
	return ok
}

// forTests says whether a package is made for tests alone, by its name: storetest, kittest.
func forTests(folder string) bool { return strings.HasSuffix(path.Base(folder), "test") }

// broken returns the sentence of the rule that an import breaks, or nothing.
func broken(u use) string {
	i := slices.IndexFunc(rules(), func(r rule) bool { return fits(u.from, r.who) })
	if i < 0 {
		return "no rule is for this folder; the layout has no place for it, or the table in imports_test.go needs a row"
	}
	r := rules()[i]
	inTest := u.test || forTests(u.from)
	switch {
	case u.imported == "fyne.io/fyne/v2/app" && !within(u.from, "cmd/factordesk"):
		return "only cmd/factordesk imports the window driver, so that all else builds without cgo and without a display"
	case within(u.imported, "fyne.io/fyne/v2/test") && !inTest:
		return "fyne.io/fyne/v2/test makes an app when it is imported: for test files only"
	case u.ours && forTests(u.imported) && !inTest:
		return path.Base(u.imported) + " is made for tests: only test files import it"
	case u.ours && !allowed(u, r, inTest):
		return r.sentence
	case !u.ours && !(r.foreign(u.imported) || (u.test && u.from == "app" && noFyneNoSQL(u.imported))):
		return r.sentence
	}
	return ""
}

// allowed says whether a rule lets a package import another of ours. What lies within the same part
// is always allowed.
func allowed(u use, r rule, inTest bool) bool {
	if u.imported == u.from || ownPart(u, r.who) {
		return true
	}
	has := func(pattern string) bool { return fits(u.imported, pattern) }
	return slices.ContainsFunc(r.ours, has) || (inTest && slices.ContainsFunc(r.inTests, has)) ||
		(inTest && forTests(u.imported) && sameFamily(u.from, u.imported))
}

// ownPart says whether an import stays within the folder that a rule speaks of: app/store/native for
// app/store/native/schema. A rule without /... is for one folder alone, which has no parts.
func ownPart(u use, who string) bool {
	base, below := strings.CutSuffix(who, "/...")
	if !below {
		return false
	}
	part := strings.Join(strings.Split(u.from, "/")[:strings.Count(base, "/")+1], "/")
	return within(u.imported, part)
}

// sameFamily says whether two folders lie side by side or one in the other's parent: the conformance
// suite and the stores that it is for.
func sameFamily(a, b string) bool { return within(a, path.Dir(b)) }

func TestImportsFollowTheLayout(t *testing.T) {
	uses := readImports(t, "..")
	if len(uses) < 50 {
		t.Fatalf("only %d imports were found: the walk does not see the repository", len(uses))
	}
	for _, u := range uses {
		if sentence := broken(u); sentence != "" {
			t.Errorf("%s imports %s: %s", u.file, u.imported, sentence)
		}
	}
}

func TestImportRulesRefuse(t *testing.T) {
	for _, c := range []struct {
		from, imported string
		test           bool
	}{
		{from: "app", imported: "fyne.io/fyne/v2"},
		{from: "app", imported: "database/sql"},
		{from: "app", imported: "golang.org/x/crypto/argon2"},
		{from: "app", imported: module + "app/otp"},
		{from: "app", imported: "fyne.io/fyne/v2/widget", test: true},
		{from: "app", imported: module + "screens/kit", test: true},
		{from: "app/otp", imported: module + "app/store/memory"},
		{from: "app/otp", imported: module + "app/servertest"},
		{from: "app/servertest", imported: module + "app"},
		{from: "app/audit", imported: module + "app/connect"},
		{from: "app/qr", imported: "fyne.io/fyne/v2/canvas"},
		{from: "app/seal", imported: "database/sql"},
		{from: "app/store/native", imported: module + "app/store/memory"},
		{from: "app/store/native/schema", imported: module + "app/store/memory"},
		{from: "app/store/native", imported: module + "app/store/storetest"},
		{from: "app/store/native", imported: "fyne.io/fyne/v2"},
		{from: "app/store/memory", imported: module + "screens/users"},
		{from: "app/connect", imported: "fyne.io/fyne/v2"},
		{from: "app/connect", imported: module + "screens"},
		{from: "screens", imported: module + "app/connect"},
		{from: "screens", imported: module + "app/store/native", test: true},
		{from: "screens/kit", imported: module + "app/store/memory"},
		{from: "screens/kit", imported: module + "screens/users"},
		{from: "screens/kit", imported: "fyne.io/fyne/v2/app"},
		{from: "screens/kit", imported: "fyne.io/fyne/v2/test"},
		{from: "screens/users", imported: module + "screens/user"},
		{from: "screens/users", imported: module + "screens/user", test: true},
		{from: "screens/users", imported: module + "app/store/memory"},
		{from: "screens/users", imported: module + "app/store/native", test: true},
		{from: "screens/users", imported: module + "app/connect"},
		{from: "screens/users", imported: "database/sql"},
		{from: "screens/users", imported: "fyne.io/fyne/v2/app", test: true},
		{from: "cmd/factorctl", imported: "fyne.io/fyne/v2"},
		{from: "cmd/factorctl", imported: module + "screens/kit"},
		{from: "cmd/factorctl", imported: module + "assets"},
		{from: "cmd/factordesk", imported: module + "cmd/factorctl"},
		{from: "cmd/dev", imported: "golang.org/x/term"},
		{from: "cmd/dev", imported: module + "app", test: true},
		{from: "assets", imported: "fyne.io/fyne/v2"},
		{from: "tools", imported: "fmt"},
		{from: "cmd/another", imported: "fmt"},
	} {
		if broken(made(c.from, c.imported, c.test)) == "" {
			t.Errorf("%s (test file: %v) may import %s, and must not", c.from, c.test, c.imported)
		}
	}
}

func TestImportRulesAllow(t *testing.T) {
	for _, c := range []struct {
		from, imported string
		test           bool
	}{
		{from: "app", imported: "context"},
		{from: "app", imported: module + "app/store/memory", test: true},
		{from: "app", imported: "github.com/stretchr/testify/require", test: true},
		{from: "app/otpauth", imported: module + "app/otp"},
		{from: "app/audit", imported: module + "app"},
		{from: "app/store/native", imported: "modernc.org/sqlite"},
		{from: "app/store/native", imported: module + "app/audit"},
		{from: "app/store/native", imported: module + "app/store/native/schema"},
		{from: "app/store/native", imported: module + "app/store/storetest", test: true},
		{from: "app/connect", imported: module + "app/store/native"},
		{from: "app/servertest", imported: "database/sql"},
		{from: "app/store/native", imported: module + "app/servertest", test: true},
		{from: "screens", imported: module + "screens/users"},
		{from: "screens/kit", imported: module + "assets"},
		{from: "screens/kit/kittest", imported: "fyne.io/fyne/v2/test"},
		{from: "screens/users", imported: module + "screens/kit/kittest", test: true},
		{from: "screens/users", imported: module + "screens/kit"},
		{from: "screens/users", imported: module + "app/store/memory", test: true},
		{from: "cmd/factorctl", imported: module + "app/connect"},
		{from: "cmd/factordesk", imported: "fyne.io/fyne/v2/app"},
		{from: "cmd/dev", imported: "os/exec"},
	} {
		if sentence := broken(made(c.from, c.imported, c.test)); sentence != "" {
			t.Errorf("%s (test file: %v) may not import %s (%s), and must be able to", c.from, c.test, c.imported, sentence)
		}
	}
}

// made is an import that stands in no file.
func made(from, imported string, test bool) use {
	folder, ours := strings.CutPrefix(imported, module)
	return use{from: from, imported: folder, ours: ours, test: test}
}

// readImports reads the imports of every Go file below root, whatever its build tags.
func readImports(t *testing.T, root string) []use {
	t.Helper()
	var out []use
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			name := entry.Name()
			if file != root && (strings.HasPrefix(name, ".") || name == "testdata") {
				return fs.SkipDir
			}
			return nil
		}
		if filepath.Ext(file) != ".go" {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		where, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		where = filepath.ToSlash(where)
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			u := made(path.Dir(where), imported, strings.HasSuffix(where, "_test.go"))
			u.file = where
			out = append(out, u)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestSQLiteHasItsOwnLibc holds modernc.org/libc at the version that SQLite was translated with: another
// one compiles, and then fails in ways that look like a damaged file.
func TestSQLiteHasItsOwnLibc(t *testing.T) {
	file, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.GoMod}}", "modernc.org/sqlite").Output()
	if err != nil {
		t.Fatalf("find the go.mod of modernc.org/sqlite: %v", err)
	}
	pinned := libcVersion(t, strings.TrimSpace(string(file)))
	if ours := libcVersion(t, filepath.Join("..", "go.mod")); ours != pinned {
		t.Errorf("go.mod has modernc.org/libc %s, but modernc.org/sqlite pins %s", ours, pinned)
	}
}

func libcVersion(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^\s*(?:require\s+)?modernc\.org/libc\s+(\S+)`).FindSubmatch(text)
	if found == nil {
		t.Fatalf("%s does not mention modernc.org/libc", file)
	}
	return string(found[1])
}

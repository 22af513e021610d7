package native

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// SQLite's Go port works with one version of its C library only: the one that
// its own go.mod asks for.
func TestTheCLibraryIsTheOneThatSQLitePins(t *testing.T) {
	ask := func(args ...string) string {
		out, err := exec.Command("go", append([]string{"list", "-m"}, args...)...).Output()
		require.NoError(t, err)
		return strings.TrimSpace(string(out))
	}
	mod := ask("-f", "{{.GoMod}}", "modernc.org/sqlite")
	out, err := exec.Command("go", "mod", "edit", "-print", mod).Output()
	require.NoError(t, err)
	pinned := regexp.MustCompile(`modernc\.org/libc (v\S+)`).FindStringSubmatch(string(out))
	require.Len(t, pinned, 2)
	require.Equal(t, pinned[1], ask("-f", "{{.Version}}", "modernc.org/libc"))
}

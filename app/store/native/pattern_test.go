package native

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLikePattern(t *testing.T) {
	for part, pattern := range map[string]string{
		"":                "",
		"ab":              "",
		"ab@cd":           "",
		"abc":             "%abc%",
		"abcde":           "%abcde%",
		"abcdef":          "%abc%def%",
		"user500000@":     "%use%r50%0000@%",
		"a@bcd":           "%a@bcd%",
		"@abcdefg@@":      "%@abc%defg@@%",
		`100%_\ marigold`: `%100\%\_\\ mar%igold%`,
		"ünsal çelik":     "%ünsal çelik%",
	} {
		require.Equal(t, pattern, likePattern(part), part)
	}
}

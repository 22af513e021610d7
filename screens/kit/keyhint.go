package kit

import "strings"

// cutKey splits a hint at its first key in square brackets: the words before
// it, and then the key and what follows.
func cutKey(hint string) (before string, rest [2]string, found bool) {
	open := strings.IndexByte(hint, '[')
	if open < 0 {
		return strings.TrimSpace(hint), rest, false
	}
	end := strings.IndexByte(hint[open:], ']')
	if end < 0 {
		return strings.TrimSpace(hint), rest, false
	}
	rest = [2]string{hint[open+1 : open+end], hint[open+end+1:]}
	return strings.TrimSpace(hint[:open]), rest, true
}

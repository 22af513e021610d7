package phpjson_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/factordesk/factordesk/app/store/magento/phpjson"
)

// value returns the value that a text is, white space around it.
func value(t require.TestingT, text string) phpjson.Value {
	v, ok := parse(t, `{"v": `+text+` }`).Get("v")
	require.True(t, ok)
	require.Equal(t, text, v.Raw())
	return v
}

func TestValues(t *testing.T) {
	for _, c := range []struct {
		text   string
		kind   phpjson.Kind
		truthy bool
		empty  bool
	}{
		{"null", phpjson.Null, false, false},
		{"true", phpjson.Bool, true, false},
		{"false", phpjson.Bool, false, false},
		{"0", phpjson.Number, false, false},
		{"-0", phpjson.Number, false, false},
		{"0.0", phpjson.Number, false, false},
		{"-0.0", phpjson.Number, false, false},
		{"0e99", phpjson.Number, false, false},
		{"1e-400", phpjson.Number, false, false},
		{"1e-320", phpjson.Number, true, false},
		{"1E400", phpjson.Number, true, false},
		{"-1", phpjson.Number, true, false},
		{"123456789012345678901234567890", phpjson.Number, true, false},
		{`""`, phpjson.String, false, false},
		{`"0"`, phpjson.String, false, false},
		{`"\u0030"`, phpjson.String, false, false},
		{`"0.0"`, phpjson.String, true, false},
		{`"00"`, phpjson.String, true, false},
		{`"false"`, phpjson.String, true, false},
		{`" "`, phpjson.String, true, false},
		{`[]`, phpjson.List, false, true},
		{"[ \t\r\n]", phpjson.List, false, true},
		{`[0]`, phpjson.List, true, false},
		{`[null]`, phpjson.List, true, false},
		{`{}`, phpjson.Object, false, true},
		{`{ }`, phpjson.Object, false, true},
		{`{"":0}`, phpjson.Object, true, false},
	} {
		v := value(t, c.text)
		require.Equal(t, c.kind, v.Kind(), c.text)
		require.Equal(t, c.truthy, v.Truthy(), c.text)
		require.Equal(t, c.empty, v.Empty(), c.text)
		_, isText := v.Text()
		require.Equal(t, c.kind == phpjson.String, isText)
		_, isList := v.Elements()
		require.Equal(t, c.kind == phpjson.List, isList)
	}
	var none phpjson.Value
	require.Equal(t, phpjson.Null, none.Kind())
	require.False(t, none.Truthy())
	_, ok := none.Int()
	require.False(t, ok)
}

func TestInt(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "-0": 0, "7": 7, "-9223372036854775808": -1 << 63, "9223372036854775807": 1<<63 - 1} {
		got, ok := value(t, text).Int()
		require.True(t, ok, text)
		require.Equal(t, want, got)
	}
	for _, text := range []string{"1.0", "1e2", "9223372036854775808", `"1"`, "true", "null", "[1]"} {
		_, ok := value(t, text).Int()
		require.False(t, ok, text)
	}
}

func TestElements(t *testing.T) {
	elements, ok := value(t, `[ 1.50 , {"a":[]},"\/", [ ] ]`).Elements()
	require.True(t, ok)
	var raw []string
	for _, e := range elements {
		raw = append(raw, e.Raw())
	}
	require.Equal(t, []string{"1.50", `{"a":[]}`, `"\/"`, "[ ]"}, raw)
	elements, ok = value(t, `[ ]`).Elements()
	require.True(t, ok)
	require.Empty(t, elements)
}

func TestText(t *testing.T) {
	for text, want := range map[string]string{
		`"a\/b/\\\"\b\f\n\r\t"`: "a/b/\\\"\b\f\n\r\t", `"\u00e9\u00E9é"`: "ééé", `"\ud83d\ude00\uD83D\uDE00😀"`: "😀😀😀",
		`"\u0000\u001f"`: "\x00\x1f", `"\ufffd\uffff"`: "\ufffd\uffff", `""`: "", "\"\x7f\"": "\x7f",
	} {
		got, ok := value(t, text).Text()
		require.True(t, ok)
		require.Equal(t, want, got)
	}
}

// Every string comes back, and Go's own decoder reads it alike.
func TestStringsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		v := str(t, text)
		got, ok := value(t, v.Raw()).Text()
		require.True(t, ok)
		require.Equal(t, text, got)
		require.True(t, utf8.ValidString(v.Raw()))
		require.Less(t, strings.IndexFunc(v.Raw(), func(r rune) bool { return r > 0x7f || r < ' ' }), 0)
		var decoded string
		require.NoError(t, json.Unmarshal([]byte(v.Raw()), &decoded))
		require.Equal(t, text, decoded)
	})
}

func TestValueOfADocument(t *testing.T) {
	d, err := value(t, `{"a" : 1.50 }`).Document()
	require.NoError(t, err)
	require.NoError(t, d.Set("b", phpjson.OfBool(false)))
	require.Equal(t, `{"a" : 1.50 ,"b":false}`, d.Value().Raw())
	require.Equal(t, "[]", phpjson.New().Value().Raw())
	require.Equal(t, `{"a":1}`, parse(t, " {\"a\":1}\n").Value().Raw())
	_, err = value(t, "[1]").Document()
	require.ErrorIs(t, err, phpjson.ErrNotObject)
}

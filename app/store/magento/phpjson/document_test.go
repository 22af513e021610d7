package phpjson_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app/store/magento/phpjson"
)

func parse(t require.TestingT, text string) *phpjson.Document {
	d, err := phpjson.Parse(text)
	require.NoError(t, err, "%q", text)
	return d
}

func str(t require.TestingT, text string) phpjson.Value {
	v, err := phpjson.OfString(text)
	require.NoError(t, err)
	return v
}

// odd holds everything that decoding and encoding would change.
const odd = `{"first":1.50,"big":123456789012345678901234567890,"exp":1E+2,"neg":-0.0,"none":{},"list":[],` +
	`"slash":"a/b\/c","letters":"é\u00e9\u00E9","esc":"\u0041\b\f\n\r\t\\\"","nul":"\u0000","pair":"\ud83d\ude00😀",` +
	`"deep":{"a":[1.0,{"b":[ ]}],"a":2},"null":null,"":"no name"}`

func TestParseKeepsEveryByte(t *testing.T) {
	for _, text := range []string{
		"[]", "{}", " [\n]\t", "\r\n{ }", odd, " { \"a\" : 1 , \"a\" : [ 2 ] } \n", `{"a":{"a":{"a":{}}}}`, `{"DEL` + "\x7f" + `":1}`,
	} {
		require.Equal(t, text, parse(t, text).Text())
	}
}

func TestParseRefuses(t *testing.T) {
	open, shut := strings.Repeat("[", 511), strings.Repeat("]", 511)
	for _, c := range []struct {
		name, text string
		want       error
		at         string
	}{
		{"nothing", "", phpjson.ErrSyntax, "byte 0: "},
		{"white space", " \n", phpjson.ErrSyntax, "byte 2: "},
		{"a byte order mark", "\xef\xbb\xbf{}", phpjson.ErrSyntax, "byte 0: "},
		{"garbage behind", `{"a":1} x`, phpjson.ErrSyntax, "byte 8: "},
		{"two documents", `{}{}`, phpjson.ErrSyntax, "byte 2: "},
		{"nul behind", "{}\x00", phpjson.ErrSyntax, "byte 2: "},
		{"other white space", "{}\v", phpjson.ErrSyntax, "byte 2: "},
		{"not closed", `{"a":1`, phpjson.ErrSyntax, "byte 6: "},
		{"string not closed", `{"a":"b`, phpjson.ErrSyntax, "byte 7: "},
		{"escape not finished", `{"a":"\`, phpjson.ErrSyntax, "byte 6: "},
		{"comma at the end", `{"a":1,}`, phpjson.ErrSyntax, "byte 7: "},
		{"comma at the end of a list", `{"a":[1,]}`, phpjson.ErrSyntax, "byte 8: "},
		{"no comma", `{"a":1 "b":2}`, phpjson.ErrSyntax, "byte 7: "},
		{"no comma in a list", `{"a":[1 2]}`, phpjson.ErrSyntax, "byte 8: "},
		{"no colon", `{"a" 1}`, phpjson.ErrSyntax, "byte 5: "},
		{"no name", `{1:1}`, phpjson.ErrSyntax, "byte 1: "},
		{"single quotes", `{'a':1}`, phpjson.ErrSyntax, "byte 1: "},
		{"a comment", `{"a":1/**/}`, phpjson.ErrSyntax, "byte 6: "},
		{"true in capitals", `{"a":TRUE}`, phpjson.ErrSyntax, "byte 5: "},
		{"word", `{"a":nul}`, phpjson.ErrSyntax, "byte 5: "},
		{"plus", `{"a":+1}`, phpjson.ErrSyntax, "byte 5: "},
		{"minus", `{"a":-}`, phpjson.ErrSyntax, "byte 6: "},
		{"zero in front", `{"a":01}`, phpjson.ErrSyntax, "byte 6: "},
		{"nothing behind the point", `{"a":1.}`, phpjson.ErrSyntax, "byte 7: "},
		{"nothing before the point", `{"a":.5}`, phpjson.ErrSyntax, "byte 5: "},
		{"no exponent", `{"a":1e+}`, phpjson.ErrSyntax, "byte 8: "},
		{"unknown escape", `{"a":"\x"}`, phpjson.ErrSyntax, "byte 6: "},
		{"three digits", `{"a":"\u123"}`, phpjson.ErrSyntax, "byte 6: "},
		{"no digits", `{"a":"\u12g4"}`, phpjson.ErrSyntax, "byte 6: "},
		{"tab in a string", "{\"a\":\"\t\"}", phpjson.ErrControl, "byte 6: "},
		{"nul in a string", "{\"a\":\"\x00\"}", phpjson.ErrControl, "byte 6: "},
		{"line break in a name", "{\"\n\":1}", phpjson.ErrControl, "byte 2: "},
		{"high half", `{"a":"\ud800"}`, phpjson.ErrSurrogate, "byte 6: "},
		{"low half", `{"a":"\uDC00"}`, phpjson.ErrSurrogate, "byte 6: "},
		{"high half and a letter", `{"a":"\ud83dx"}`, phpjson.ErrSurrogate, "byte 6: "},
		{"two high halves", `{"a":"\ud83d\ud83d"}`, phpjson.ErrSurrogate, "byte 6: "},
		{"not UTF-8", "{\"a\":\"b\xff\"}", phpjson.ErrUTF8, "byte 7: "},
		{"half as UTF-8", "{\"a\":\"\xed\xa0\x80\"}", phpjson.ErrUTF8, "byte 6: "},
		{"too long UTF-8", "{\"a\":\"\xc0\x80\"}", phpjson.ErrUTF8, "byte 6: "},
		{"beyond Unicode", "{\"\xf4\x90\x80\x80\":1}", phpjson.ErrUTF8, "byte 2: "},
		{"512 deep", `{"a":` + open + shut + `}`, phpjson.ErrDepth, "byte 515: "},
		{"512 deep in objects", strings.Repeat(`{"a":`, 512) + "1" + strings.Repeat("}", 512), phpjson.ErrDepth, "byte 2555: "},
		{"a million brackets", strings.Repeat("[", 1_000_000), phpjson.ErrDepth, "byte 511: "},
		{"enormous", strings.Repeat(" ", phpjson.MaxSize-1) + "{}", phpjson.ErrTooLong, ""},
		{"a list", "[1]", phpjson.ErrNotObject, ""},
		{"a list in a list", "[[]]", phpjson.ErrNotObject, ""},
		{"a broken list", "[1", phpjson.ErrSyntax, "byte 2: "},
		{"a string", `"x"`, phpjson.ErrNotObject, ""},
		{"a number", "1", phpjson.ErrNotObject, ""},
		{"true", "true", phpjson.ErrNotObject, ""},
		{"null", "null", phpjson.ErrNotObject, ""},
		{"an encrypted value", "0:3:AAAA", phpjson.ErrSyntax, "byte 1: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := phpjson.Parse(c.text)
			require.ErrorIs(t, err, c.want)
			require.Nil(t, d)
			require.True(t, strings.HasPrefix(err.Error(), c.at), err)
		})
	}
	parse(t, strings.Repeat(" ", phpjson.MaxSize-2)+"{}")
	parse(t, strings.Repeat(`{"a":`, 511)+"1"+strings.Repeat("}", 511))
}

func TestDelete(t *testing.T) {
	for _, c := range []struct{ text, name, want string }{
		{`{"a":1,"b":2,"c":3}`, "a", `{"b":2,"c":3}`},
		{`{"a":1,"b":2,"c":3}`, "b", `{"a":1,"c":3}`},
		{`{"a":1,"b":2,"c":3}`, "c", `{"a":1,"b":2}`},
		{`{"a":1}`, "a", `[]`},
		{" { \"a\" : 1 } ", "a", `[]`},
		{" {\n\t\"a\" : 1 ,\n\t\"b\" : 2.50\n} ", "a", " {\n\t\"b\" : 2.50\n} "},
		{" {\n\t\"a\" : 1 ,\n\t\"b\" : 2.50\n} ", "b", " {\n\t\"a\" : 1 } "},
		{`{"a":1,"b":2,"a":3,"\u0061":4}`, "a", `{"b":2}`},
		{`{"a":1,"a":2}`, "a", `[]`},
		{`{"":1,"b":{}}`, "", `{"b":{}}`},
		{`{"\/\u00e9\ud83d\ude00":1,"b":{ }}`, "/é😀", `{"b":{ }}`},
		{odd, "first", `{` + odd[len(`{"first":1.50,`):]},
		{odd, "", odd[:len(odd)-len(`,"":"no name"}`)] + `}`},
		{odd, "deep", strings.Replace(odd, `"deep":{"a":[1.0,{"b":[ ]}],"a":2},`, "", 1)},
	} {
		d := parse(t, c.text)
		require.True(t, d.Delete(c.name))
		require.Equal(t, c.want, d.Text())
		require.False(t, d.Delete(c.name))
		require.Equal(t, c.want, d.Text())
		parse(t, c.want)
	}
	d := parse(t, odd)
	require.False(t, d.Delete("no such key"))
	require.Equal(t, odd, d.Text())
	for _, name := range d.Names() {
		require.True(t, d.Delete(name))
	}
	require.Equal(t, "[]", d.Text())
}

func TestSet(t *testing.T) {
	for _, c := range []struct{ text, name, value, want string }{
		{`[]`, "a", `x/é`, `{"a":"x\/\u00e9"}`},
		{" [ ] ", "a", "x", ` {"a":"x"} `},
		{`{}`, "a", "x", `{"a":"x"}`},
		{`{"a":1,"b":2.50}`, "a", "x", `{"a":"x","b":2.50}`},
		{`{"a":1,"b":2.50}`, "c", "x", `{"a":1,"b":2.50,"c":"x"}`},
		{`{"a":1,"b":2,"\u0061":3}`, "a", "x", `{"a":"x","b":2}`},
		{"{ \"a\" : 1\n}", "b", "x", "{ \"a\" : 1\n,\"b\":\"x\"}"},
		{"{ \"a\" : 1\n}", "a", "x", "{ \"a\" : \"x\"\n}"},
		{`[]`, "é/\"\\\b\f\n\r\t\x01\x7f😀", "", `{"\u00e9\/\"\\\b\f\n\r\t\u0001` + "\x7f" + `\ud83d\ude00":""}`},
		{odd, "new", "x", odd[:len(odd)-1] + `,"new":"x"}`},
	} {
		d := parse(t, c.text)
		require.NoError(t, d.Set(c.name, str(t, c.value)))
		require.Equal(t, c.want, d.Text())
		got, ok := d.Get(c.name)
		require.True(t, ok)
		text, ok := got.Text()
		require.True(t, ok)
		require.Equal(t, c.value, text)
		require.Equal(t, c.want, parse(t, c.want).Text())
	}
}

func TestSetRefuses(t *testing.T) {
	deep := parse(t, strings.Repeat(`{"a":`, 511)+"1"+strings.Repeat("}", 511))
	long := str(t, strings.Repeat("x", phpjson.MaxSize))
	for _, c := range []struct {
		name  string
		value phpjson.Value
		want  error
	}{
		{"\xff", phpjson.OfBool(true), phpjson.ErrUTF8},
		{"0", phpjson.OfBool(true), phpjson.ErrName},
		{"-12", phpjson.OfBool(true), phpjson.ErrName},
		{"9223372036854775807", phpjson.OfBool(true), phpjson.ErrName},
		{"deep", deep.Value(), phpjson.ErrDepth},
		{"long", long, phpjson.ErrTooLong},
	} {
		d := parse(t, odd)
		require.ErrorIs(t, d.Set(c.name, c.value), c.want)
		require.ErrorIs(t, d.SetIn("none", c.name, c.value), c.want)
		require.Equal(t, odd, d.Text())
	}
	for _, name := range []string{"", "01", "-0", "1.0", "9223372036854775808", " 1", "+1"} {
		require.NoError(t, phpjson.New().Set(name, phpjson.OfBool(true)), name)
	}
	_, err := phpjson.OfString("\xff")
	require.ErrorIs(t, err, phpjson.ErrUTF8)
}

func TestSetInAndDeleteIn(t *testing.T) {
	yes := phpjson.OfBool(true)
	for _, c := range []struct{ text, set, deleted string }{
		{`[]`, `{"google":{"active":true}}`, `{"google":[]}`},
		{`{"google":null,"z":1.0}`, `{"google":{"active":true},"z":1.0}`, `{"google":[],"z":1.0}`},
		{`{"google":[ ]}`, `{"google":{"active":true}}`, `{"google":[]}`},
		{`{"google":{}}`, `{"google":{"active":true}}`, `{"google":[]}`},
		{`{"google":{"active":0},"z":1.0}`, `{"google":{"active":true},"z":1.0}`, `{"google":[],"z":1.0}`},
		{
			`{"google":{"secret":"a\/b","window":1.50},"z":{}}`, `{"google":{"secret":"a\/b","window":1.50,"active":true},"z":{}}`,
			`{"google":{"secret":"a\/b","window":1.50},"z":{}}`,
		},
		{`{"google" : { "active" : 1, "x":2 } }`, `{"google" : { "active" : true, "x":2 } }`, `{"google" : { "x":2 } }`},
		{`{"google":{"a":1},"x":2,"google":{"b":2}}`, `{"google":{"b":2,"active":true},"x":2}`, `{"google":{"b":2},"x":2}`},
	} {
		d := parse(t, c.text)
		require.NoError(t, d.SetIn("google", "active", yes))
		require.Equal(t, c.set, d.Text())
		deleted, err := d.DeleteIn("google", "active")
		require.NoError(t, err)
		require.True(t, deleted)
		require.Equal(t, c.deleted, d.Text())
		deleted, err = d.DeleteIn("google", "active")
		require.NoError(t, err)
		require.False(t, deleted)
		require.Equal(t, c.deleted, d.Text())
	}
	for _, text := range []string{`{"google":1}`, `{"google":"x"}`, `{"google":[1]}`, `{"google":false}`} {
		d := parse(t, text)
		require.ErrorIs(t, d.SetIn("google", "active", yes), phpjson.ErrNotObject)
		_, err := d.DeleteIn("google", "active")
		require.ErrorIs(t, err, phpjson.ErrNotObject)
		require.Equal(t, text, d.Text())
	}
	d := parse(t, `{"google":null}`)
	deleted, err := d.DeleteIn("google", "active")
	require.NoError(t, err)
	require.False(t, deleted)
	deleted, err = d.DeleteIn("authy", "active")
	require.NoError(t, err)
	require.False(t, deleted)
	require.Equal(t, `{"google":null}`, d.Text())
}

func TestNamesAndGet(t *testing.T) {
	d := parse(t, `{"b":1,"a":2,"\u0062":3,"":4,"a":5}`)
	require.Equal(t, []string{"b", "a", ""}, d.Names())
	for name, want := range map[string]string{"b": "3", "a": "5", "": "4"} {
		v, ok := d.Get(name)
		require.True(t, ok)
		require.Equal(t, want, v.Raw())
	}
	var all []string
	for name, v := range d.All() {
		got, ok := d.Get(name)
		require.True(t, ok)
		require.Equal(t, got, v)
		if all = append(all, name); name == "a" {
			break
		}
	}
	require.Equal(t, []string{"b", "a"}, all)
	v, ok := d.Get("c")
	require.False(t, ok)
	require.Equal(t, "null", v.Raw())
	require.Equal(t, phpjson.Null, v.Kind())
	require.Empty(t, phpjson.New().Names())
}

// TestVectors edits what Magento's own classes wrote.
func TestVectors(t *testing.T) {
	text, err := os.ReadFile("../testdata/vectors.txt")
	require.NoError(t, err)
	all := regexp.MustCompile(`(?m)^(?:.* )?json: (.*)$`).FindAllStringSubmatch(string(text), -1)
	require.Len(t, all, 6)
	for _, v := range all {
		require.Equal(t, v[1], parse(t, v[1]).Text())
	}
	multi := all[3][1]
	d := parse(t, multi)
	require.Equal(t, []string{"google", "duo_security", "u2fkey", "authy"}, d.Names())
	require.True(t, d.Delete("duo_security"))
	require.Equal(t, strings.Replace(multi, `"duo_security":{"active":true},`, "", 1), d.Text())

	pending, active := all[1][1], all[0][1]
	d = parse(t, pending)
	require.NoError(t, d.SetIn("google", "active", phpjson.OfBool(true)))
	require.Equal(t, active, d.Text())
	require.True(t, d.Delete("google"))
	require.Equal(t, all[4][1], d.Text())
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		odd, "[]", "{}", ` { "a" : [ 1 , { } ] , "a" : "\ud83d\ude00" } `, `{"a":-1.5e-3}`, `{"a":"\u0000\/é"}`, "[1]", `{"google":{"active":true}}`,
	} {
		f.Add(text, "a")
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		d, err := phpjson.Parse(text)
		if err != nil {
			if d != nil || len(text) > 10 && strings.Contains(err.Error(), text) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if d.Text() != text {
			t.Fatalf("%q became %q", text, d.Text())
		}
		names := d.Names()
		before := make(map[string]string, len(names))
		for _, n := range names {
			v, _ := d.Get(n)
			before[n] = v.Raw()
			v.Truthy()
			v.Elements()
		}
		if err := d.Set(name, phpjson.OfBool(true)); err == nil {
			names = check(t, d, before, name)
		}
		if len(names) > 0 {
			d.Delete(names[0])
			check(t, d, before, name)
		}
	})
}

// check reads a changed document anew, and looks whether the keys other than
// changed are as they were.
func check(t *testing.T, d *phpjson.Document, before map[string]string, changed string) []string {
	t.Helper()
	again, err := phpjson.Parse(d.Text())
	if err != nil {
		t.Fatalf("%q: %v", d.Text(), err)
	}
	names := again.Names()
	for _, n := range names {
		v, _ := again.Get(n)
		if n != changed && v.Raw() != before[n] {
			t.Fatalf("%q: %q became %q", n, before[n], v.Raw())
		}
	}
	return names
}

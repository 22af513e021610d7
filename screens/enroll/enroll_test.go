package enroll_test

import (
	"context"
	"errors"
	"image"
	"image/draw"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"github.com/makiuchi-d/gozxing"
	zxing "github.com/makiuchi-d/gozxing/qrcode"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/qr"
	"github.com/factordesk/factordesk/screens/enroll"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

var _ enroll.Service = (*app.Console)(nil)

const rightCode = "492013"

// service answers like a console; the code 492013 is right.
type service struct {
	codes []string
	err   error
}

func (s *service) Store() app.StoreInfo {
	return app.StoreInfo{Name: "Juniper Outfitters", Tag: app.TagProduction}
}

func (s *service) Confirm(_ context.Context, _ app.UserID, _ app.ProviderCode, code app.Secret) (app.Attempt, error) {
	s.codes = append(s.codes, code.Reveal())
	if s.err != nil {
		return app.Attempt{}, s.err
	}
	if code.Reveal() == rightCode {
		return app.Attempt{Reason: app.OK}, nil
	}
	return app.Attempt{Reason: app.Wrong}, nil
}

// world is an enroll screen in a window.
type world struct {
	*kittest.Desk
	service     *service
	screen      *enroll.Screen
	done, left  int
	toUsersList int
}

func open(t *testing.T, size fyne.Size, self bool) *world {
	t.Helper()
	return openKey(t, size, self, typedKey)
}

// typedKey can be typed; longKey is as long as those that Magento makes.
const typedKey = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

var longKey = strings.Repeat("MFRGGZDMJB", 21) + "AA"

func openKey(t *testing.T, size fyne.Size, self bool, key string) *world {
	t.Helper()
	w := &world{Desk: kittest.New(t, size, nil), service: &service{}}
	user := app.User{ID: "7", Username: "amarigold", FirstName: "Ann", LastName: "Marigold", Email: "ann.marigold@juniper.example"}
	e := app.Enrollment{User: user, Factor: app.FactorSecret{
		Provider: app.Google, Issuer: "Juniper Outfitters", Account: user.Email,
		Params: app.CodeParams{Kind: "totp", Algorithm: "SHA1", Digits: 6, Period: 30 * time.Second},
		Key:    app.NewSecret(key),
		URI:    app.NewSecret(uriOf(key)),
	}}
	w.screen = enroll.New(w.service, w.Kit, e, enroll.Options{
		Provider: app.Provider{Code: app.Google, Name: "Google Authenticator"},
		Picture: func(uri app.Secret) (kit.Matrix, error) {
			return qr.New(uri.Reveal())
		},
		HideAfter: time.Minute, Self: self,
	}, enroll.Actions{
		Done: func() { w.done++ }, Leave: func() { w.left++ }, Users: func() { w.toUsersList++ },
	})
	w.Show(w.screen.Content())
	w.screen.Show()
	return w
}

func uriOf(key string) string {
	return "otpauth://totp/Juniper%20Outfitters:ann.marigold%40juniper.example?secret=" + key +
		"&issuer=Juniper%20Outfitters&algorithm=SHA1&digits=6&period=30"
}

func picture(w *world) *kit.QR { return kittest.Find[*kit.QR](w.Desk, "")[0] }

func TestFirstCodeConfirmsByItself(t *testing.T) {
	w := open(t, kittest.Wide, false)
	require.Equal(t, "First code", w.FocusLabel(), "the focus starts in First code")
	w.Type("49201")
	require.Empty(t, w.service.codes, "five digits are no code")
	w.Type("3")
	require.Equal(t, []string{rightCode}, w.service.codes)
	require.Equal(t, 1, w.done)
	require.Equal(t, "Ann’s Google Authenticator is active.", w.Kit.ToastText())
}

func TestWrongCodeKeepsTheFocusAndSaysWhy(t *testing.T) {
	w := open(t, kittest.Wide, false)
	w.Type("111111")
	require.Zero(t, w.done)
	field := w.Field("First code")
	require.Contains(t, field.Trouble(), "That code is not right.")
	require.Empty(t, field.Text())
	require.Equal(t, "First code", w.FocusLabel())
	w.Type(rightCode)
	require.Equal(t, 1, w.done, "the next code is taken")
}

func TestStoreTroubleIsExplainedAndLosesNothing(t *testing.T) {
	w := open(t, kittest.Wide, false)
	w.service.err = app.Errorf(app.Unreachable, "The store gives no answer.").Because(errors.New("dial tcp 10.0.0.1"))
	w.Type(rightCode)
	require.Contains(t, w.Field("First code").Trouble(), "The store gives no answer.")
	require.NotContains(t, w.Text(), "dial tcp")
	require.False(t, picture(w).IsHidden())
}

func TestEnterOnAShortCodeSaysHowLongItIs(t *testing.T) {
	w := open(t, kittest.Wide, false)
	w.Type("123")
	w.Key(fyne.KeyReturn)
	require.Contains(t, w.Field("First code").Trouble(), "The code has 6 digits.")
	require.Empty(t, w.service.codes)
}

func TestCodeAndKeyHide(t *testing.T) {
	w := open(t, kittest.Wide, false)
	require.False(t, picture(w).IsHidden())
	require.Contains(t, w.Text(), "JBSW")
	fits := func(label string) {
		b := w.Button(label)
		require.InDelta(t, b.MinSize().Width, b.Size().Width, 0.1, "the button is as wide as its words")
	}
	fits("Hide now")

	w.Type("h")
	fits("Show again")
	require.True(t, picture(w).IsHidden(), "H hides, also from within the code field")
	require.NotContains(t, w.Text(), "JBSW", "the key hides with the code")
	w.Type("H")
	require.False(t, picture(w).IsHidden())

	w.Clock.Advance(59 * time.Second)
	require.False(t, picture(w).IsHidden())
	w.Clock.Advance(2 * time.Second)
	require.True(t, picture(w).IsHidden(), "a minute is over")
	require.NotContains(t, w.Text(), "JBSW")

	w.Type("h")
	w.screen.Cover()
	require.True(t, picture(w).IsHidden(), "the window lost the focus")
}

func TestCopiedKeyLeavesTheClipboard(t *testing.T) {
	w := open(t, kittest.Wide, false)
	w.Tap("Copy key")
	require.Equal(t, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", w.Board.Content())
	w.Clock.Advance(31 * time.Second)
	require.Empty(t, w.Board.Content())
}

func TestLeavingAsksFirst(t *testing.T) {
	w := open(t, kittest.Wide, false)
	w.Key(fyne.KeyEscape)
	require.Contains(t, w.Text(), "Leave before the first code?")
	w.Key(fyne.KeyReturn)
	require.Zero(t, w.left, "Enter stays")
	require.False(t, w.Kit.DialogOpen())
	w.Tap("Finish later")
	w.Tap("Finish later")
	require.Equal(t, 1, w.left)
}

func TestCloseForgetsTheSecret(t *testing.T) {
	w := open(t, kittest.Wide, false)
	w.screen.Close()
	require.NotContains(t, w.Text(), "JBSW")
	require.True(t, picture(w).IsHidden())
	require.Zero(t, w.Clock.Timers())
}

// desk is the room that the rail and the top bar leave of a window.
func desk(window fyne.Size) fyne.Size { return window.SubtractWidthHeight(88, 56) }

// scan reads the code off a picture of the window, at which a phone would be
// pointed: the white card with the code.
func scan(t *testing.T, w *world) string {
	t.Helper()
	at, size := w.App.Driver().AbsolutePositionForObject(picture(w)), picture(w).Size()
	window := w.Win.Canvas().Capture()
	seen := image.NewRGBA(image.Rect(0, 0, int(size.Width), int(size.Height)))
	draw.Draw(seen, seen.Rect, window, image.Pt(int(at.X), int(at.Y)), draw.Src)
	bitmap, err := gozxing.NewBinaryBitmapFromImage(seen)
	require.NoError(t, err)
	result, err := zxing.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	require.NoError(t, err)
	return result.GetText()
}

// otherKey makes a code that the reader of the test finds; typedKey, though
// faultless, is one of the few that it misses.
const otherKey = "KRSXG5CTMVRXEZLUINQW4QTFKR4XAZLE"

func TestTheCodeCanBeScanned(t *testing.T) {
	require.Len(t, longKey, 212)
	for name, c := range map[string]struct {
		size fyne.Size
		mode kit.Mode
		key  string
	}{
		"typed":             {kittest.Wide, kit.Light, otherKey},
		"typed, small":      {kittest.Small, kit.Dark, otherKey},
		"long":              {kittest.Wide, kit.Light, longKey},
		"long, dark":        {kittest.Wide, kit.Dark, longKey},
		"long, small":       {kittest.Small, kit.Light, longKey},
		"long, small, dark": {kittest.Small, kit.Dark, longKey},
	} {
		t.Run(name, func(t *testing.T) {
			w := openKey(t, desk(c.size), false, c.key)
			w.Theme(c.mode, 1)
			require.Equal(t, uriOf(c.key), scan(t, w))
			module := moduleOf(t, w, c.key)
			require.GreaterOrEqual(t, module, float32(3), "pixels a module")
			require.Equal(t, module, float32(int(module)), "whole pixels")
		})
	}
}

// moduleOf is how wide a module of the code is drawn.
func moduleOf(t *testing.T, w *world, key string) float32 {
	t.Helper()
	m, err := qr.New(uriOf(key))
	require.NoError(t, err)
	for _, o := range test.WidgetRenderer(picture(w)).Objects() {
		if raster, ok := o.(*canvas.Raster); ok {
			return raster.Size().Width / float32(m.Size())
		}
	}
	t.Fatal("the code is not drawn")
	return 0
}

func TestALongKeyStaysInItsBox(t *testing.T) {
	for name, size := range map[string]fyne.Size{"wide": kittest.Wide, "small": kittest.Small} {
		t.Run(name, func(t *testing.T) {
			w := openKey(t, desk(size), false, longKey)
			require.Contains(t, w.Text(), "The key below is too long to be typed; it can be copied.")
			require.NotContains(t, w.Text(), "Or type the key below")
			copies := w.Button("Copy key") // stands at the right edge of the box
			edge := w.App.Driver().AbsolutePositionForObject(copies).X + copies.Size().Width
			groups := 0
			for _, text := range kittest.Find[*kit.Text](w.Desk, "") {
				if group := text.String(); len(group) == 4 && strings.Contains(longKey, group) {
					groups++
					at := w.App.Driver().AbsolutePositionForObject(text)
					require.LessOrEqual(t, at.X+text.NaturalWidth(), edge, group)
				}
			}
			require.Equal(t, 53, groups)
			w.Tap("Copy key")
			require.Equal(t, longKey, w.Board.Content())
			w.Type("h")
			require.NotContains(t, w.Text(), "MFRG")
			w.Type("h")
			w.Fill("First code", rightCode)
			require.Equal(t, 1, w.done)
		})
	}
}

func TestNoFirstCodeIsTakenInAnOutage(t *testing.T) {
	w := open(t, kittest.Wide, false)
	gone := app.Errorf(app.Unreachable, "The connection to the store was cut. Nothing was changed.")
	var err error
	l := w.Watch(func(context.Context) (string, error) { return "", err })
	err, w.service.err = gone, gone
	w.Type(rightCode)
	require.Contains(t, w.Field("First code").Trouble(), "The connection to the store was cut.")
	require.True(t, l.Lost(), "what was not done makes the link ask")
	require.Contains(t, w.Text(), "Nothing can be changed until it answers.")
	require.False(t, picture(w).IsHidden(), "what can be seen once stays")
	w.Pictures("enroll", "outage")
	asked := len(w.service.codes)
	w.Type(rightCode)
	require.Len(t, w.service.codes, asked)
	require.Contains(t, w.Field("First code").Trouble(), "The store does not answer, so nothing can be changed now.")
	err, w.service.err = nil, nil
	w.Tap("Try now")
	w.Field("First code").SetText("")
	w.Field("First code").Focus()
	w.Type(rightCode)
	require.Equal(t, 1, w.done)
}

func TestGalleryEnroll(t *testing.T) {
	w := open(t, kittest.Wide, false)
	w.Clock.Advance(13 * time.Second)
	w.Type("49201")
	w.Pictures("enroll", "full")
	w.Type("h")
	w.Pictures("enroll", "hidden")
	w.Type("h")
	w.Type("4")
	w.Pictures("enroll", "wrong")
	require.True(t, strings.Contains(w.Text(), "That code is not right."))
	w.Key(fyne.KeyEscape)
	w.Pictures("enroll", "leave")

	small := open(t, fyne.NewSize(1024-88, 700-56), false)
	small.Pictures("enroll", "small")
	small.Theme(kit.Light, 1.3)
	small.Picture("enroll-large-light")

	self := open(t, kittest.Wide, true)
	self.Pictures("enroll", "self")

	long := openKey(t, desk(kittest.Wide), false, longKey)
	long.Pictures("enroll", "long")
	long.Type("h")
	long.Picture("enroll-long-hidden-light")
	long.Type("h")
	long.Theme(kit.Light, 1.3)
	long.Picture("enroll-long-large-light")
	narrow := openKey(t, desk(kittest.Small), false, longKey)
	narrow.Pictures("enroll", "long-small")
}

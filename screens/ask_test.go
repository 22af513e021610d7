package screens_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
	"github.com/factordesk/factordesk/screens/settings"
	"github.com/factordesk/factordesk/screens/signin"
)

var shop = signin.Saved{
	Name: "Juniper Outfitters", Kind: app.MagentoStore, Tag: app.TagProduction, Location: "juniper on db1.juniper.example",
	Operator: "olive", Shop: &app.ShopAddress{Host: "db1.juniper.example", SSH: app.SSH{Host: "bastion.juniper.example"}},
}

// asked is the window while stores are opened in goroutines, by a way that asks.
type asked struct {
	*world
	apart *kittest.Apart
}

func begin(t *testing.T, way func(ctx context.Context, target string, ask app.Asker) error, saved ...signin.Saved) *asked {
	t.Helper()
	w := &asked{world: &world{Desk: kittest.New(t, kittest.Wide, nil)}, apart: kittest.NewApart(t)}
	w.computer = &computer{clock: w.Clock, saved: saved, way: way}
	w.shell = screens.New(w.Win, w.computer, settings.Values{Mode: kit.Light, TextSize: 100, IdleLock: 5 * time.Minute}, kit.Options{
		Runner: w.apart, Clock: w.Clock, Board: w.Board,
	})
	w.Kit = w.shell.Kit()
	w.Win.Resize(kittest.Wide)
	w.shell.Start("")
	return w
}

// until brings what work has to say until some words can be read.
func (w *asked) until(words string) {
	w.T.Helper()
	w.apart.Until(w.T, func() bool { return strings.Contains(w.Text(), words) })
}

func TestASecretIsAskedForOnTheWay(t *testing.T) {
	var got []string
	w := begin(t, func(ctx context.Context, target string, ask app.Asker) error {
		require.Equal(t, "Juniper Outfitters", target)
		q := app.Question{What: "Password of deploy@bastion.juniper.example", Why: "The server takes no key of yours."}
		for range 2 {
			answer, err := ask.Secret(ctx, q)
			if err != nil {
				return err
			}
			got = append(got, answer.Reveal())
			q.Again = true
		}
		return nil
	}, shop)
	require.Contains(t, w.Text(), "Waiting for bastion.juniper.example, and for the shop’s database behind it.")
	w.until("Password of deploy@bastion.juniper.example")
	for _, words := range []string{"The server takes no key of yours.", "Juniper Outfitters", "PRODUCTION"} {
		require.Contains(t, w.Text(), words)
	}
	require.NotContains(t, w.Text(), "was refused")
	require.Equal(t, "Password", w.FocusLabel())
	w.Key(fyne.KeyReturn)
	require.True(t, w.DialogOpen(), "nothing is no answer")
	w.Type("first")
	w.Key(fyne.KeyReturn)
	w.until("The answer before was refused.")
	w.Type("s")
	require.NotContains(t, w.Text(), "was refused", "a new answer has not been refused")
	w.Type("econd")
	w.Tap("Continue")
	w.until("Use your own account in this shop’s admin.")
	require.Equal(t, []string{"first", "second"}, got)
	require.False(t, w.DialogOpen())
	require.Equal(t, "Password", w.FocusLabel())
}

func TestAShopIsOpenedWithoutItsCryptKey(t *testing.T) {
	got := []string{"unasked"}
	w := begin(t, func(ctx context.Context, _ string, ask app.Asker) error {
		answer, err := ask.Secret(ctx, app.Question{About: app.AskCryptKey, What: "Crypt key of the shop", Why: "Without it factors can be reset."})
		got[0] = answer.Reveal()
		return err
	}, shop)
	w.until("Crypt key of the shop")
	w.Key(fyne.KeyReturn)
	require.True(t, w.DialogOpen(), "not in passing")
	w.Picture("ask-crypt-key")
	w.Type("half of a key")
	w.Tap("Open without it")
	w.until("Use your own account in this shop’s admin.")
	require.Equal(t, []string{""}, got)
}

func TestAQuestionOfTheServerIsAnswered(t *testing.T) {
	w := begin(t, func(ctx context.Context, _ string, ask app.Asker) error {
		_, err := ask.Secret(ctx, app.Question{What: "Verification code for deploy"})
		return err
	}, shop)
	w.until("Verification code for deploy")
	require.Equal(t, "Answer", w.FocusLabel())
}

func TestEscOnAQuestionStopsTheOpening(t *testing.T) {
	w := begin(t, func(ctx context.Context, _ string, ask app.Asker) error {
		_, err := ask.Secret(ctx, app.Question{What: "Passphrase of ~/.ssh/id_ed25519"})
		require.Equal(t, app.Canceled, app.KindOf(err))
		return err
	}, shop)
	w.until("Passphrase of")
	w.Type("half")
	w.Key(fyne.KeyEscape)
	w.until("Stopped")
	require.Contains(t, w.Text(), "The store was not opened, and nothing was changed.")
	require.Equal(t, "Try again", w.FocusLabel())
	w.Key(fyne.KeyReturn)
	w.until("Passphrase of")
	require.Empty(t, w.Field("Passphrase").Text())
}

func TestAnUnknownHostIsNotTrustedInPassing(t *testing.T) {
	key := app.HostKey{
		Host: "bastion.juniper.example:22", Type: "ssh-ed25519", Fingerprint: "SHA256:NnIv2cO1sZ0m4yJm1mB6rJ0mGmYtqk4t0J0fT8cKxXk",
	}
	way := func(ctx context.Context, _ string, ask app.Asker) error {
		trusted, err := ask.Trust(ctx, key)
		if err == nil {
			require.True(t, trusted)
		}
		return err
	}
	w := begin(t, way, shop)
	w.until("This host is not known yet")
	for _, words := range []string{key.Host, key.Type, key.Fingerprint} {
		require.Contains(t, w.Text(), words)
	}
	require.Equal(t, "Cancel", w.FocusLabel())
	w.Key(fyne.KeyReturn)
	w.until("Stopped")

	w.Key(fyne.KeyReturn)
	w.until("This host is not known yet")
	w.Key(fyne.KeyTab)
	require.Equal(t, "Trust this host", w.FocusLabel())
	w.Key(fyne.KeyReturn)
	w.until("Use your own account in this shop’s admin.")
}

// What opens a store may give up on its own, by a time-out say.
func TestAQuestionThatNobodyWaitsForGoesAway(t *testing.T) {
	give := make(chan struct{})
	w := begin(t, func(ctx context.Context, _ string, ask app.Asker) error {
		ctx, cancel := context.WithCancel(ctx)
		go func() { <-give; cancel() }()
		_, err := ask.Trust(ctx, app.HostKey{Host: "bastion.juniper.example"})
		require.Equal(t, app.Canceled, app.KindOf(err))
		return app.Errorf(app.Unreachable, "The server has closed the connection.")
	}, shop)
	w.until("This host is not known yet")
	close(give)
	w.until("The server has closed the connection.")
	w.apart.Until(t, func() bool { return !w.DialogOpen() })
}

func TestEscStopsTheOpeningItself(t *testing.T) {
	ended := make(chan error, 1)
	w := begin(t, func(ctx context.Context, _ string, _ app.Asker) error {
		<-ctx.Done()
		ended <- ctx.Err()
		return ctx.Err()
	}, shop)
	require.Equal(t, "Cancel", w.FocusLabel())
	w.Clock.Advance(4 * time.Second)
	require.Contains(t, w.Text(), "4 s")
	w.Key(fyne.KeyEscape)
	require.Contains(t, w.Text(), "Stopped")
	require.ErrorIs(t, <-ended, context.Canceled, "the work itself has heard of it")
	w.apart.Next(t)
	require.Contains(t, w.Text(), "Stopped")
	require.Equal(t, 1, w.Clock.Timers(), "only the idle lock counts on")
}

func TestAnotherStoreStopsTheOneBefore(t *testing.T) {
	ended := make(chan struct{})
	w := begin(t, func(ctx context.Context, target string, ask app.Asker) error {
		if target != shop.Name {
			return nil
		}
		_, err := ask.Secret(ctx, app.Question{What: "Password of deploy"})
		if err == nil {
			return nil
		}
		close(ended)
		return err
	}, shop, desk)
	w.until("Password of deploy")
	w.Kit.CloseDialogs() // the list of stores is under it
	<-ended
	w.until("Stopped")
	w.Win.Canvas().Unfocus()
	w.Key(fyne.KeyTab, fyne.KeyDown, fyne.KeyReturn)
	w.until("Reachable")
}

func TestTheProgramStartsWithAnAddress(t *testing.T) {
	for target, want := range map[string]struct{ name, tag, waits string }{
		"mysql://root:hush@db1.juniper.example/magento": {"db1.juniper.example/magento", "PRODUCTION", "Waiting for the database."},
		"postgres://olive@db2.juniper.example/desk":     {"db2.juniper.example/desk", "TEAM", "Waiting for the database on db2.juniper.example."},
	} {
		opened := make(chan string, 1)
		w := begin(t, func(ctx context.Context, target string, _ app.Asker) error {
			opened <- target
			<-ctx.Done()
			return ctx.Err()
		})
		w.shell.Start(target)
		require.Equal(t, target, <-opened)
		require.NotContains(t, w.Text(), "hush")
		for _, words := range []string{want.name, want.tag, want.waits} {
			require.Contains(t, w.Text(), words)
		}
	}
}

// A store that is open before it hears that nobody wants it is closed.
func TestAStoreThatOpensTooLateIsClosed(t *testing.T) {
	late := make(chan struct{})
	w := begin(t, func(context.Context, string, app.Asker) error { <-late; return nil }, shop)
	w.Tap("Cancel")
	close(late)
	w.apart.Next(t)
	require.Contains(t, w.Text(), "Stopped")
	w.apart.Next(t) // the closing
	require.Empty(t, w.computer.logged)
}

func TestNobodyIsAskedBehindTheLock(t *testing.T) {
	w := begin(t, func(ctx context.Context, _ string, ask app.Asker) error { return nil }, desk)
	w.until("Reachable")
	w.signIn()
	w.until("Abel Thistle")
	asker := w.shell.Asker(kit.Store{})
	answers := make(chan error, 1)
	question := func() {
		_, err := asker.Secret(context.Background(), app.Question{What: "Password of deploy"})
		answers <- err
	}
	go question()
	w.until("Password of deploy")
	w.Kit.CloseDialogs()
	require.Equal(t, app.Canceled, app.KindOf(<-answers))
	w.shell.Lock()
	w.apart.During(t, question)
	require.Equal(t, app.Canceled, app.KindOf(<-answers))
	require.False(t, w.DialogOpen())
}

func TestGalleryAsk(t *testing.T) {
	key := app.HostKey{
		Host: "bastion.juniper.example", Type: "ssh-ed25519", Fingerprint: "SHA256:NnIv2cO1sZ0m4yJm1mB6rJ0mGmYtqk4t0J0fT8cKxXk",
	}
	for name, size := range map[string]fyne.Size{"": kittest.Wide, "-small": kittest.Small} {
		w := begin(t, func(ctx context.Context, _ string, ask app.Asker) error {
			if _, err := ask.Trust(ctx, key); err != nil {
				return err
			}
			q := app.Question{What: "Password of deploy@bastion.juniper.example", Why: "The server takes none of your keys."}
			if _, err := ask.Secret(ctx, q); err != nil {
				return err
			}
			q.Again = true
			_, err := ask.Secret(ctx, q)
			return err
		}, shop, desk)
		w.Resize(size)
		w.until("This host is not known yet")
		w.Pictures("ask", "trust"+name)
		w.Theme(kit.Light, 1.3)
		w.Picture("ask-trust-large" + name)
		w.Theme(kit.Light, 1)
		w.Tap("Trust this host")
		w.until("Password of deploy")
		w.Type("secret")
		w.Pictures("ask", "secret"+name)
		w.Key(fyne.KeyReturn)
		w.until("was refused")
		w.Pictures("ask", "again"+name)
	}
}

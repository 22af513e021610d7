package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/qr"
)

// enrollOptions are the flags of "enroll".
type enrollOptions struct {
	png    string
	uri    bool
	reason string
	secret string
}

func enrollCommand(d *desk) *cobra.Command {
	var o enrollOptions
	cmd := &cobra.Command{
		Use:   "enroll USER [PROVIDER]",
		Short: "Make a secret for a user and show its QR code",
		Long: `Makes a new secret for a user and shows it once: as a QR code in the terminal and
as a key to type; in a terminal that is too narrow for the code, as the key alone.
The factor is pending until "factorctl confirm" has its first code; enrolling
again before that makes a new secret. An active factor must be reset first.
PROVIDER is google unless you say otherwise.

A Magento shop takes two forms of secrets: --secret typed makes one of 32
characters, which can be typed; --secret magento one as Magento's own, of 212
characters, which is for scanning only.

--png FILE writes the QR code to a new file that only you can read, and shows
nothing in the terminal. --uri prints the otpauth URI alone. Both show the
secret: remove the file when the code was scanned.

It asks for your password (FACTORDESK_PASSWORD). After a sign-in that leads to
enrollment, "factorctl enroll" with your own username is what comes first.

With --json: {"user","provider","uri","secret"}.

Exit codes: 0 the factor is pending, 1 refused, 2 the provider cannot be enrolled
here or FILE exists, 3 no such user or provider, 4 the user has it already, 5 FILE
cannot be written.`,
		Example: `  factorctl enroll ann
  factorctl enroll ann --png ann.png`,
		Args:              arguments("USER", "[PROVIDER]"),
		ValidArgsFunction: d.completeProviders(1),
		RunE: d.entered(func(ctx context.Context, c *app.Console, args []string) error {
			return d.enroll(ctx, c, args[0], providerArgument(args, 1), o)
		}),
	}
	f := cmd.Flags()
	f.StringVar(&o.png, "png", "", "write the QR code to a new `FILE`")
	f.BoolVar(&o.uri, "uri", false, "print the otpauth URI alone")
	f.StringVar(&o.reason, "reason", "", "why, in your `WORDS`, for the audit")
	f.StringVar(&o.secret, "secret", "", "`FORM` of the secret: typed or magento; default: the store's usual one")
	complete(cmd, "secret", fixed(secretForms))
	return cmd
}

// secretForms are the values of --secret.
var secretForms = []app.SecretForm{app.TypedSecret, app.MagentoSecret}

// providerArgument is the provider at a position of the arguments; google when
// it was left out.
func providerArgument(args []string, position int) app.ProviderCode {
	if len(args) > position {
		return app.ProviderCode(args[position])
	}
	return app.Google
}

func (d *desk) enroll(ctx context.Context, c *app.Console, username string, p app.ProviderCode, o enrollOptions) error {
	if _, err := c.Provider(p); err != nil {
		return err
	}
	if o.secret != "" {
		if err := oneOf("--secret", o.secret, secretForms); err != nil {
			return err
		}
	}
	if err := freeFile(o.png); err != nil {
		return err
	}
	made, err := d.newFactor(ctx, c, username, p, o)
	if err != nil {
		return err
	}
	if o.png != "" {
		if err := writePNG(o.png, made.Factor.URI); err != nil {
			return err
		}
	}
	if d.json {
		return d.print(enrollmentJSON{
			User: made.User.Username, Provider: p,
			URI: made.Factor.URI.Reveal(), Secret: made.Factor.Key.Reveal(),
		})
	}
	return d.showEnrollment(c, made, o)
}

// newFactor makes the factor: the operator's own at a sign-in that leads to it,
// else anybody's, with a grant.
func (d *desk) newFactor(
	ctx context.Context, c *app.Console, username string, p app.ProviderCode, o enrollOptions,
) (app.Enrollment, error) {
	form := app.SecretForm(o.secret)
	if own, _ := c.Operator(); own.MustEnroll {
		if err := d.ownFirst(ctx, c, own.User, username); err != nil {
			return app.Enrollment{}, err
		}
		return c.EnrollSelf(ctx, p, form)
	}
	u, err := c.FindUser(ctx, username)
	if err != nil {
		return app.Enrollment{}, err
	}
	deed := app.Deed{Action: app.DoEnroll, Target: u.ID, Provider: p}
	g, err := d.grant(ctx, c, app.CanEnroll, u, deed, "enroll "+u.Username)
	if err != nil {
		return app.Enrollment{}, err
	}
	return c.Enroll(ctx, g, app.EnrollRequest{
		User: u.ID, Version: u.Version, Provider: p, Secret: form, Reason: o.reason,
	})
}

// ownFirst lets who must enroll do that and nothing else, and opens the keys
// for it.
func (d *desk) ownFirst(ctx context.Context, c *app.Console, own app.User, username string) error {
	if !sameUser(username, own.Username) {
		return app.Errorf(app.Denied, "Your own authenticator comes first.").WithHint("%s", enrollFirst(own.Username))
	}
	return d.openKeys(ctx, c, "enroll your own authenticator")
}

// freeFile fails when a file is there already, before there is a secret.
func freeFile(path string) error {
	if path == "" {
		return nil
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return app.Errorf(app.Invalid, "The file %s exists, and is not written over.", path).WithHint("Choose another name.")
	}
	return nil
}

// writePNG writes the QR code of a URI to a new file.
func writePNG(path string, uri app.Secret) error {
	m, err := qr.New(uri.Reveal())
	if err == nil {
		err = m.WritePNG(path, qr.DefaultScale)
	}
	if err != nil {
		return app.Errorf(app.Unreachable, "The factor is pending, but its QR code could not be written to %s.", path).
			WithHint("Enroll again, with a file in a folder that you can write to.").Because(err)
	}
	return nil
}

// picture draws a QR code for a terminal of so many columns, 0 where nobody
// knows. In a narrower one than the code needs its lines would break and no
// phone would read it: there is a sentence then in place of the blocks.
func picture(m qr.Matrix, style qr.Style, columns int) (blocks, sentence string) {
	needed := m.Size() + 2*qr.QuietZone
	if columns == 0 || columns >= needed {
		return m.Blocks(style), ""
	}
	return "", fmt.Sprintf("The QR code needs a terminal of %d columns, and this one has %d. "+
		"Type the key, or enroll again in a wider one or with --png FILE.", needed, columns)
}

// showEnrollment shows the secret as the flags say, and what comes next.
func (d *desk) showEnrollment(c *app.Console, made app.Enrollment, o enrollOptions) error {
	f, u := made.Factor, made.User
	if o.uri {
		d.tell("%s", f.URI.Reveal())
	}
	if o.png != "" {
		d.say("The QR code is in %s. It shows the secret: remove the file when it was scanned.", plain(o.png))
	}
	if !o.uri && o.png == "" {
		m, err := qr.New(f.URI.Reveal())
		if err != nil {
			return app.Errorf(app.Internal, "The QR code could not be drawn.").WithHint("Enroll again with --uri.").Because(err)
		}
		style := qr.DarkOnLight
		if isTerminal(d.out) {
			style = qr.Color
		}
		blocks, narrow := picture(m, style, columnsOf(d.out))
		if narrow != "" {
			d.say("%s", narrow)
		}
		d.tell("%sIssuer   %s\nAccount  %s\nKey      %s\n",
			blocks, plain(f.Issuer), plain(f.Account), otp.Group(f.Key.Reveal()))
	}
	d.say("%s of %s is pending until its first code: factorctl confirm %s CODE",
		providerName(c, f.Provider), plain(full(u)), plain(u.Username))
	return nil
}

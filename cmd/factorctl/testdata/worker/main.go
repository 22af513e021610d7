// Command worker is a console that does deeds as fast as it can, for the tests
// that kill it or run several of it on one store. On standard output it says
// each deed before it begins ("> reset ann m7") and as soon as the store has
// acknowledged it ("< reset ann m7 done"), or why not ("! …").
//
// Use: worker desk MARK SECONDS FOLDER, or worker duel OTHER START ROUNDS, or,
// to print what is in the store, worker look EVENT. The store is the one of FACTORDESK_STORE, the operator and the password come from
// the variables of factorctl. MARK begins the marks that tell the deeds apart.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/connect"
	"github.com/factordesk/factordesk/app/seal"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "worker: %v\n", err)
		for ; err != nil; err = errors.Unwrap(err) {
			fmt.Fprintf(os.Stderr, "  because: %v\n", err)
		}
		os.Exit(1)
	}
}

// worker is one operator at one console.
type worker struct {
	ctx      context.Context
	c        *app.Console
	username string
	password app.Secret
	mark     string            // begins each mark
	marks    int               // how many are given away
	secrets  map[string]string // by username, of the factors that this worker enrolled
	folder   string            // where import files go
}

func run(ctx context.Context, args []string) error {
	if len(args) == 2 && args[0] == "look" {
		after, err := strconv.ParseInt(args[1], 10, 64)
		if err != nil {
			return err
		}
		return look(ctx, os.Getenv("FACTORDESK_STORE"), os.Getenv("FACTORDESK_OPERATOR"), os.Getenv("FACTORDESK_PASSWORD"), after)
	}
	if len(args) != 4 {
		return errors.New("four arguments, please")
	}
	c, err := connect.Open(ctx, os.Getenv("FACTORDESK_STORE"), connect.Options{Cost: seal.Cost{Memory: 64, Time: 1, Threads: 1}})
	if err != nil {
		return err
	}
	w := &worker{
		ctx: ctx, c: c, secrets: map[string]string{},
		username: os.Getenv("FACTORDESK_OPERATOR"), password: app.NewSecret(os.Getenv("FACTORDESK_PASSWORD")),
	}
	n, err := strconv.ParseInt(args[2], 10, 64)
	if err != nil {
		return err
	}
	switch args[0] {
	case "desk":
		w.mark, w.folder = args[1], args[3]
		if err := w.signIn(); err != nil {
			return err
		}
		err = w.desk(time.Duration(n) * time.Second)
	case "duel":
		rounds, aerr := strconv.Atoi(args[3])
		if aerr != nil {
			return aerr
		}
		err = w.duel(args[1], time.UnixMilli(n), rounds)
	default:
		err = fmt.Errorf("no %s", args[0])
	}
	if err != nil {
		return err
	}
	return c.Close()
}

func (w *worker) signIn() error {
	return w.deed("sign in "+w.username, func() (bool, error) {
		_, err := w.c.SignIn(w.ctx, app.Credentials{Username: w.username, Password: w.password})
		return true, err
	})
}

// deed says what is done, does it, and says how it ended. What another console
// may be the reason of is said and goes on; anything else is a fault.
func (w *worker) deed(words string, do func() (bool, error)) error {
	fmt.Printf("> %s\n", words)
	accepted, err := do()
	switch app.KindOf(err) {
	case app.Conflict, app.NotFound, app.Denied:
		if err != nil {
			fmt.Printf("! %s\t%s\t%s\n", words, app.KindOf(err), err)
			return nil
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", words, err)
	}
	outcome := app.Done
	if !accepted {
		outcome = app.Refused
	}
	fmt.Printf("< %s %s\n", words, outcome)
	return nil
}

// granted is a deed that needs a grant.
func (w *worker) granted(words string, d app.Deed, do func(*app.Grant) error) error {
	return w.deed(words, func() (bool, error) {
		g, err := w.c.Reverify(w.ctx, w.password, d)
		if err != nil {
			return false, err
		}
		return true, do(g)
	})
}

// next returns a mark that nobody has used.
func (w *worker) next() string {
	w.marks++
	return w.mark + strconv.Itoa(w.marks)
}

// duel takes away the other Administrator's role or account, or its own role,
// at the same moment as the other worker tries the same, and afterwards gives
// it back if it is still able to.
func (w *worker) duel(other string, start time.Time, rounds int) error {
	const half = 30 * time.Millisecond
	w.mark = "d-" + w.username + "-"
	for i := range rounds {
		if _, ok := w.c.Operator(); !ok {
			if err := w.signIn(); err != nil {
				return err
			}
		}
		target, role, active := other, app.RoleID(""), true
		switch i % 3 {
		case 1:
			role, active = app.Administrators, false
		case 2:
			target = w.username
		}
		// Both read before either of them writes.
		u, err := w.find(target)
		if err != nil {
			return err
		}
		time.Sleep(time.Until(start.Add(time.Duration(2*i) * half)))
		if err := w.appoint(u, role, active); err != nil {
			return err
		}
		time.Sleep(time.Until(start.Add(time.Duration(2*i+1) * half)))
		if own, err := w.find(w.username); err != nil || !own.Role.Administers() || !own.Active {
			if err != nil && app.KindOf(err) != app.Denied {
				return err
			}
			time.Sleep(half / 2) // the other one gives it back
			continue
		}
		if u, err = w.find(other); err != nil {
			return err
		}
		if err := w.appoint(u, app.Administrators, true); err != nil {
			return err
		}
		time.Sleep(time.Until(start.Add(time.Duration(2*i+1)*half + half/2)))
	}
	return nil
}

// find returns a user; a worker who is switched off or has no role finds a
// zero one.
func (w *worker) find(username string) (app.User, error) {
	u, err := w.c.FindUser(w.ctx, username)
	if app.KindOf(err) == app.Denied {
		err = nil
	}
	return u, err
}

// appoint saves role and state of an operator as it was read.
func (w *worker) appoint(u app.User, role app.RoleID, active bool) error {
	if u.ID == "" || (u.Role.ID == role && u.Active == active) {
		return nil
	}
	mark := w.next()
	return w.granted(strings.Join([]string{"save user", u.Username, mark}, " "), app.Deed{Action: app.DoSaveUser, Target: u.ID}, func(g *app.Grant) error {
		_, err := w.c.SaveUser(w.ctx, g, app.UserChange{
			ID: u.ID, Version: u.Version, Username: u.Username, Email: u.Email, FirstName: mark, LastName: u.LastName,
			Role: role, Active: active,
		})
		return err
	})
}

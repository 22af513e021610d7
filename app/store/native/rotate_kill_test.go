package native

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
)

// The variables that make this test binary a console that rotates until it is
// killed, and say where its store is.
const (
	rotatorAt       = "NATIVE_ROTATOR"
	rotatorPort     = "NATIVE_ROTATOR_PORT"
	rotatorDatabase = "NATIVE_ROTATOR_DATABASE"
	rotatorUser     = "NATIVE_ROTATOR_USER"
	rotatorPassword = "NATIVE_ROTATOR_PASSWORD"
)

// rotateUntilKilled rotates the keys of a store again and again, in small pieces,
// and says so.
func rotateUntilKilled(at string) error {
	ctx := context.Background()
	var s *Store
	var err error
	if port, _ := strconv.Atoi(os.Getenv(rotatorPort)); port > 0 {
		s, err = OpenServer(ctx, Server{
			Host: at, Port: port, Database: os.Getenv(rotatorDatabase), Username: os.Getenv(rotatorUser),
			Password: app.NewSecret(os.Getenv(rotatorPassword)),
		}, Options{Cost: cheapCost})
	} else {
		s, err = Open(ctx, at, Options{Cost: cheapCost})
	}
	if err != nil {
		return err
	}
	if _, err := s.CheckPassword(ctx, app.PasswordCheck{Username: "olive", Password: testPassword, At: time.Now()}); err != nil {
		return err
	}
	fmt.Println("ready")
	for {
		if err := s.BeginRotation(ctx, app.RotationStart{}, rotated); err != nil {
			return err
		}
		for from := ""; ; {
			step, err := s.Reseal(ctx, from, 20)
			if err != nil {
				return err
			}
			fmt.Println("sealed anew", step.Values)
			if from = step.Next; from == "" {
				break
			}
		}
		if _, err := s.EndRotation(ctx, app.Event{Console: "test", Action: app.DoDropKey}); err != nil {
			return err
		}
	}
}

// manyFactors adds users with an active factor each, in one transaction.
func manyFactors(t *testing.T, s *Store, n int) {
	t.Helper()
	secret, err := otp.Decode(testKey)
	require.NoError(t, err)
	f := app.Factor{Provider: app.Google, Status: app.StatusActive, Since: s.now(), Params: testFactor(testKey).Params}
	require.NoError(t, s.change(context.Background(), "fill", hold{alone: true}, func(t *tx) error {
		for i := range n {
			name := fmt.Sprintf("many%d", i)
			u, err := t.insertUser(app.NewUser{Username: name, Email: name + "@example.com", Active: true})
			if err != nil {
				return err
			}
			p, err := t.person(u.ID)
			if err != nil {
				return err
			}
			row := factorRow{Factor: f, stored: f.Status, keyID: s.generation().id, lastStep: otp.NoStep}
			if row.sealed, row.own, err = t.sealFactor(u.ID, f, secret); err != nil {
				return err
			}
			if err := t.putFactor(p, row); err != nil {
				return err
			}
			if err := t.saveFactors(p, false); err != nil {
				return err
			}
		}
		return t.done(app.Event{Console: "test", Action: app.DoImport})
	}))
}

// A console that is killed at any moment of a rotation leaves a store whose every
// secret opens, and whose next rotation goes on.
func TestARotationIsKilled(t *testing.T) {
	onEachEngine(t, func(t *testing.T, s *Store) {
		ctx := context.Background()
		const users = 400
		manyFactors(t, s, users)
		recovery := beginRotation(t, s)
		resealAll(t, s, 500)
		running := 0
		for round := range 8 {
			cmd := exec.Command(os.Args[0], "-test.run=^$")
			cmd.Env = append(os.Environ(), whereIs(s)...)
			cmd.Stderr = os.Stderr
			out, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			lines := bufio.NewScanner(out)
			for i := 0; i < 3+round*4 && lines.Scan(); i++ {
				require.Regexp(t, "^(ready|sealed anew [0-9]+)$", lines.Text())
			}
			time.Sleep(time.Duration(rand.IntN(5000)) * time.Microsecond)
			require.NoError(t, cmd.Process.Kill())
			_ = cmd.Wait() // it was killed
			require.Equal(t, -1, cmd.ProcessState.ExitCode(), "it ended by itself")

			requireWhole(t, s)
			now, err := s.Rotation(ctx)
			require.NoError(t, err)
			if now.Running {
				running++
			}
			keys, _ := s.openKeys()
			require.Len(t, opens(t, s, keys), users)
		}
		require.Positive(t, running, "none was killed in the middle")
		resealAll(t, s, 500)
		keys, _ := s.openKeys()
		require.Empty(t, keys.Before())
		require.Len(t, opens(t, s, keys), users)
		requireWhole(t, s)
		a, err := s.CheckPassword(ctx, app.PasswordCheck{Username: "olive", Password: testPassword, Recovery: recovery, At: s.now()})
		require.NoError(t, err)
		require.True(t, a.Accepted(), "the recovery key has followed")
		requireWhole(t, s)
	})
}

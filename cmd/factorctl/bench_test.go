//go:build bench

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/connect"
	"github.com/factordesk/factordesk/app/profile"
	"github.com/factordesk/factordesk/app/seal"
)

const benchPassword = "correct horse battery"

// benchHome is a person with a big store and a kept session, and the stripped
// programs.
type benchHome struct {
	env              []string
	store            string
	program, minimum string
}

// prepare builds the programs and makes the store, once for all rounds.
func prepare(b *testing.B) benchHome {
	b.Helper()
	root := os.Getenv("FACTORDESK_BENCH_DIR")
	if root == "" {
		root = b.TempDir()
	}
	root = filepath.Join(root, "terminal")
	h := benchHome{program: filepath.Join(root, "factorctl"), minimum: filepath.Join(root, "floor")}
	d := profile.Dirs{
		Config: filepath.Join(root, "config", "factordesk"), Data: filepath.Join(root, "data", "factordesk"),
		State: filepath.Join(root, "state", "factordesk"), Runtime: filepath.Join(root, "run", "factordesk"),
	}
	require.NoError(b, os.MkdirAll(filepath.Join(root, "run"), 0o700))
	h.store = d.DefaultStore()
	h.env = []string{
		"HOME=" + root, "XDG_CONFIG_HOME=" + filepath.Join(root, "config"), "XDG_DATA_HOME=" + filepath.Join(root, "data"),
		"XDG_STATE_HOME=" + filepath.Join(root, "state"), "XDG_RUNTIME_DIR=" + filepath.Join(root, "run"),
		envPassword + "=" + benchPassword, envCode + "=",
	}
	if _, err := os.Stat(h.store); err != nil {
		for path, source := range map[string]string{h.program: ".", h.minimum: "./testdata/floor"} {
			cmd := exec.Command("go", "build", "-ldflags", "-s -w", "-o", path, source)
			cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
			out, err := cmd.CombinedOutput()
			require.NoError(b, err, string(out))
		}
		fill(b, connect.Options{Dirs: d, Cost: seal.Strong})
	}
	h.run(b, h.program, "signin")
	return h
}

// fill makes the store with as many users as the benchmarks are to run on.
func fill(b *testing.B, o connect.Options) {
	b.Helper()
	ctx := context.Background()
	users, err := strconv.Atoi(os.Getenv("FACTORDESK_BENCH_USERS"))
	if err != nil {
		users = 10_000
	}
	c, _, err := connect.Create(ctx, connect.NewStore{First: app.NewUser{
		Username: "root", Email: "root@example.com", Password: app.NewSecret(benchPassword),
	}}, o)
	require.NoError(b, err)
	_, err = c.SignIn(ctx, app.Credentials{Username: "root", Password: app.NewSecret(benchPassword)})
	require.NoError(b, err)
	g, err := c.Reverify(ctx, app.NewSecret(benchPassword), app.Deed{Action: app.DoImport})
	require.NoError(b, err)
	in, out := io.Pipe()
	go func() {
		var lines bytes.Buffer
		lines.WriteString("username,email,first_name,last_name\n")
		for i := range users {
			fmt.Fprintf(&lines, "user%07d,user%07d@example.com,First%d,Last%d\n", i, i, i%1000, i/1000)
			if lines.Len() > 1<<16 {
				_, _ = lines.WriteTo(out)
			}
		}
		_, _ = lines.WriteTo(out)
		_ = out.Close()
	}()
	_, err = c.ImportUsers(ctx, g, app.ImportRequest{File: in, Name: "bench"})
	require.NoError(b, err)
	require.NoError(b, c.Close())
}

// run runs a program to its end.
func (h benchHome) run(b *testing.B, program string, args ...string) {
	b.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = h.env
	if out, err := cmd.CombinedOutput(); err != nil {
		log, _ := os.ReadFile(filepath.Join(filepath.Dir(h.program), "state", "factordesk", "factordesk.log"))
		b.Fatalf("%s %v: %v\n%s%s", program, args, err, out, log)
	}
}

// BenchmarkLook is a command that opens no secret, within a session.
func BenchmarkLook(b *testing.B) {
	h := prepare(b)
	b.Run("floor", func(b *testing.B) {
		for b.Loop() {
			h.run(b, h.minimum, h.store)
		}
	})
	b.Run("ours", func(b *testing.B) {
		for b.Loop() {
			h.run(b, h.program, "users", "list", "--limit", "25")
		}
		b.ReportMetric(3, "target-ratio")
	})
}

// BenchmarkSecret is a command that opens the keys, within a session: three
// times the floor and 1.15 times one fresh Argon2id, where the floor is a tenth
// of the hash or less.
func BenchmarkSecret(b *testing.B) {
	h := prepare(b)
	b.Run("floor", func(b *testing.B) {
		for b.Loop() {
			h.run(b, h.minimum, h.store, "hash")
		}
	})
	b.Run("ours", func(b *testing.B) {
		for b.Loop() {
			h.run(b, h.program, "enroll", "user0000007", "--uri")
		}
		b.ReportMetric(1.2, "target-ratio")
	})
}

// floorMB is the stripped size of a terminal program with every driver of the
// plan linked.
const floorMB = 14.8

// BenchmarkBinary is the size of the stripped program.
func BenchmarkBinary(b *testing.B) {
	h := prepare(b)
	info, err := os.Stat(h.program)
	require.NoError(b, err)
	b.Run("floor", func(b *testing.B) {
		for b.Loop() {
		}
		b.ReportMetric(floorMB, "MB")
	})
	b.Run("ours", func(b *testing.B) {
		for b.Loop() {
		}
		b.ReportMetric(float64(info.Size())/1e6, "MB")
		b.ReportMetric(1.5, "target-ratio/MB")
	})
}

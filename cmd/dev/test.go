package main

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"time"
)

// wholeTags builds the tests that are too slow for the fast part as well.
const wholeTags = fyneTag + ",full"

// everyTag is every build tag of ours, for the checks that must see all files.
const everyTag = fyneTag + ",full,e2e,bench"

// test runs the tests and closes with one line that counts them.
func test(ctx context.Context, j job, args []string) error {
	f := flags("test")
	fast := f.Bool("fast", false, "only what needs no cgo, no display and no server")
	if err := none(f, args); err != nil {
		return err
	}
	began := time.Now()
	var t tally
	err := testWhole
	if *fast {
		err = testFast
	}
	if err := err(ctx, j, &t); err != nil {
		return err
	}
	j.say("\nIn %s:", time.Since(began).Round(time.Second))
	j.say("%s", t)
	return t.verdict()
}

// testFast is the part that needs nothing but Go.
func testFast(ctx context.Context, j job, t *tally) error {
	all, err := j.packages(ctx, fyneTag, "./...")
	if err != nil {
		return err
	}
	chosen := slices.DeleteFunc(all, drivesWindow)
	env := []string{"CGO_ENABLED=0"}
	if err := j.do(ctx, env, "go", append([]string{"vet", "-tags=" + fyneTag}, chosen...)...); err != nil {
		return err
	}
	return j.goTest(ctx, t, env, append([]string{"-tags=" + fyneTag}, chosen...)...)
}

// testWhole is everything: what the machine lacks is installed first, all that can runs under the
// race detector, both programs are built as they are shipped, and the main job is done in a real
// window.
func testWhole(ctx context.Context, j job, t *tally) error {
	if err := j.setup(ctx, forBuild, forDisplay, forPhone, forServers); err != nil {
		return err
	}
	mysqld, err := j.mysqld(ctx)
	switch {
	case errors.Is(err, errNoMySQL):
		defer j.say("NOT TESTED here: MySQL 8, because %v. Only MariaDB was.", err)
	case err != nil:
		return err
	}
	all, err := j.packages(ctx, wholeTags, "./...")
	if err != nil {
		return err
	}
	cgo := []string{"CGO_ENABLED=1", "FACTORDESK_MYSQLD=" + mysqld}
	if err := j.do(ctx, cgo[:1], "go", "vet", "-tags="+everyTag, "./..."); err != nil {
		return err
	}
	flags := []string{"-timeout=30m", "-tags=" + wholeTags}
	for _, part := range [][]string{
		slices.Concat(flags, []string{"-race", "-skip=" + gallery}, slices.DeleteFunc(slices.Clone(all), drivesWindow)),
		slices.Concat(flags, []string{"-run=" + gallery}, slices.DeleteFunc(slices.Clone(all), drawsNothing)),
		slices.Concat(flags, []string{"./cmd/factordesk"}),
	} {
		if err := j.goTest(ctx, t, cgo, part...); err != nil {
			return err
		}
	}
	if err := j.do(ctx, []string{"CGO_ENABLED=0"}, "go", "build", "-o", j.build("factorctl"), "./cmd/factorctl"); err != nil {
		return err
	}
	if runtime.GOOS != "linux" {
		j.say("NOT RUN here: the main job in a real window, which needs Xvfb, and the tunnel to a real SSH server, which needs accounts as Linux has them.")
		return nil
	}
	return j.stories(ctx, t, j.build("pictures", "test"), ownStory, teamStory, shopStory, desksStory)
}

// gallery matches the tests that draw every screen in every state. They paint pixels on one
// goroutine, which the race detector makes ten times slower and learns nothing from.
const gallery = "Gallery"

// drawsNothing says whether a package is no screen.
func drawsNothing(pkg string) bool {
	return !strings.HasPrefix(pkg, "./screens")
}

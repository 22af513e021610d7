package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// screenSize is the virtual display: the size that the screens are designed for, and its color depth.
const screenSize = "1280x820x24"

// hasDisplay says whether a window can be opened where dev was started.
func hasDisplay() bool {
	if runtime.GOOS != "linux" {
		return true
	}
	return os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}

// virtualDisplay starts an X server without a screen on a free display number and waits until it
// answers. It returns the environment that sends a window there, and a function that ends the
// server; the server also ends with ctx.
func (j job) virtualDisplay(ctx context.Context) (env []string, stop func(), err error) {
	ctx, cancel := context.WithCancel(ctx)
	answer, told, err := os.Pipe()
	if err != nil {
		cancel()
		return nil, nil, fmt.Errorf("start a virtual display: %w", err)
	}
	defer func() { _ = answer.Close() }()

	// With -displayfd the server chooses the number itself and writes it once it accepts clients:
	// no guessing, no polling, no clash with another server.
	server := j.command(ctx, nil, "Xvfb", "-displayfd", "3", "-screen", "0", screenSize, "-nolisten", "tcp", "-noreset")
	server.ExtraFiles = []*os.File{told}
	var complaint strings.Builder
	server.Stdout, server.Stderr = &complaint, &complaint
	if err := server.Start(); err != nil {
		cancel()
		_ = told.Close()
		return nil, nil, fmt.Errorf("start a virtual display: %w", err)
	}
	_ = told.Close()
	stop = func() {
		cancel()
		_ = server.Wait() // it was told to stop, so how it ended says nothing
	}

	_ = answer.SetReadDeadline(time.Now().Add(30 * time.Second))
	number, err := bufio.NewReader(answer).ReadString('\n')
	if err != nil {
		stop()
		return nil, nil, fmt.Errorf("start a virtual display: Xvfb did not answer: %w %s", err, strings.TrimSpace(complaint.String()))
	}
	return []string{
		"DISPLAY=:" + strings.TrimSpace(number),
		"WAYLAND_DISPLAY=",
		"XDG_SESSION_TYPE=x11",
		"FYNE_PLATFORM=x11", // Fyne prefers Wayland when it sees any sign of it
		"LIBGL_ALWAYS_SOFTWARE=1",
		"CGO_ENABLED=1",
	}, stop, nil
}

// The stories in the real window: the main job on a store of our own in a file, and on servers of the
// run: on a team's store, on a shop, and with two desks before a team's store.
const (
	ownStory   = "TestMainJob"
	teamStory  = "TestTeam"
	shopStory  = "TestShop"
	desksStory = "TestDesks"
)

// stories drive the real program in a real window on a virtual display, from an empty machine to a reset
// factor, and leave their pictures in the folder.
func (j job) stories(ctx context.Context, t *tally, folder string, names ...string) error {
	if err := fresh(folder); err != nil {
		return err
	}
	env, stop, err := j.virtualDisplay(ctx)
	if err != nil {
		return err
	}
	defer stop()
	env = append(env, "FACTORDESK_E2E_PICTURES="+folder)
	return j.goTest(ctx, t, env, "-count=1", "-timeout=20m", "-tags="+fyneTag+",e2e", "-run=^("+strings.Join(names, "|")+")$", "./cmd/factordesk")
}

// showPictures says where the pictures are, and counts them.
func (j job) showPictures(folder string) error {
	count := 0
	err := filepath.WalkDir(folder, func(path string, _ os.DirEntry, err error) error {
		if strings.HasSuffix(path, ".png") {
			count++
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("count the pictures: %w", err)
	}
	if count == 0 {
		return fmt.Errorf("no picture was made in %s", folder)
	}
	j.say("%d pictures in %s", count, folder)
	return nil
}

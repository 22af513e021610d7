package main

import (
	"context"
	"runtime"
)

// pictures draws every screen in every state to PNG files, and photographs the real window, since
// fonts and driver differ there.
func pictures(ctx context.Context, j job, args []string) error {
	if err := none(flags("pictures"), args); err != nil {
		return err
	}
	folder := j.build("pictures", "gallery")
	if err := fresh(folder); err != nil {
		return err
	}
	var t tally
	env := []string{"CGO_ENABLED=0", "FACTORDESK_PICTURES=" + folder}
	if err := j.goTest(ctx, &t, env, "-count=1", "-timeout=20m", "-tags="+fyneTag, "-run="+gallery, "./screens/..."); err != nil {
		return err
	}
	if err := t.verdict(); err != nil {
		return err
	}
	if err := j.showPictures(folder); err != nil {
		return err
	}
	if runtime.GOOS != "linux" {
		j.say("The real window is photographed on Linux only: it needs Xvfb.")
		return nil
	}
	if err := j.setup(ctx, forBuild, forDisplay, forPhone); err != nil {
		return err
	}
	window := j.build("pictures", "window")
	if err := j.stories(ctx, &t, window, ownStory); err != nil {
		return err
	}
	if err := t.verdict(); err != nil {
		return err
	}
	return j.showPictures(window)
}

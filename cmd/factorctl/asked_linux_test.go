package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"unsafe"
)

// asked FILE PROGRAM ARGS... is a command of scripts: it runs a program on a
// terminal on which the lines of a file are typed ahead, then Ctrl-D, writes all
// that the terminal showed to the file tty, and ends as the program does. A
// script's own ttyin closes the terminal as soon as the program has ended, read or
// not, so that on a busy machine what was shown last is lost.
func asked() int {
	code, err := runAsked(os.Args[1], os.Args[2], os.Args[3:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitInternal
	}
	return code
}

func runAsked(file, program string, args []string) (code int, err error) {
	answers, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	person, side, err := openTerminal()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, person.Close()) }()
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = os.Stdout, os.Stderr, []*os.File{side}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 3}
	if err := errors.Join(cmd.Start(), side.Close()); err != nil {
		return 0, err
	}
	if _, err := person.Write(append(answers, keyCtrlD)); err != nil {
		return 0, err
	}
	var shown bytes.Buffer
	_, err = shown.ReadFrom(person) // until the program has let go of its side
	if !errors.Is(err, syscall.EIO) {
		return 0, fmt.Errorf("read the terminal: %w", err)
	}
	_ = cmd.Wait() // the exit code says it
	return cmd.ProcessState.ExitCode(), os.WriteFile("tty", shown.Bytes(), 0o600)
}

// openTerminal makes a pseudo-terminal: the person's side, and the program's.
func openTerminal() (person, program *os.File, err error) {
	person, err = os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	var number, locked int32
	for request, value := range map[uintptr]*int32{syscall.TIOCGPTN: &number, syscall.TIOCSPTLCK: &locked} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, person.Fd(), request, uintptr(unsafe.Pointer(value))); errno != 0 {
			return nil, nil, errors.Join(errno, person.Close())
		}
	}
	program, err = os.OpenFile("/dev/pts/"+strconv.Itoa(int(number)), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, errors.Join(err, person.Close())
	}
	return person, program, nil
}

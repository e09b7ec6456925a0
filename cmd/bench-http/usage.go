package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"
)

// checkSystem reports whether the system tells what processes use.
func checkSystem() error {
	if runtime.GOOS != "linux" {
		return fmt.Errorf("this measures CPU time and memory by /proc, which Linux has and %s has not", runtime.GOOS)
	}
	return nil
}

// cpuTime is the CPU time that a process has used. It is exact to the nanosecond where
// the kernel keeps statistics of its scheduler, otherwise to 10 ms. The time of threads
// that have ended is only in the coarse number; Go's threads rarely end.
func cpuTime(pid int) (time.Duration, error) {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil {
		return 0, err
	}
	var sum time.Duration
	for _, file := range files {
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue // the thread has ended
		}
		if err != nil {
			return 0, err
		}
		ran, err := parseSchedstat(text)
		if err != nil {
			return 0, err
		}
		sum += ran
	}
	if sum > 0 {
		return sum, nil
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	return parseStat(text)
}

// parseSchedstat is the time on a CPU in a schedstat file: its first number, in
// nanoseconds.
func parseSchedstat(text []byte) (time.Duration, error) {
	fields := bytes.Fields(text)
	if len(fields) == 0 {
		return 0, errors.New("schedstat is empty")
	}
	n, err := strconv.ParseInt(string(fields[0]), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("schedstat: %w", err)
	}
	return time.Duration(n), nil
}

// tick is the unit of CPU time in a stat file: Linux has shown hundredths of a second
// to programs on every architecture for decades.
const tick = 10 * time.Millisecond

// parseStat is the CPU time in a stat file, in user and in kernel mode. The name of the
// program, which may hold anything, is in parentheses before the numbers.
func parseStat(text []byte) (time.Duration, error) {
	end := bytes.LastIndexByte(text, ')')
	fields := bytes.Fields(text[end+1:])
	const user, system = 11, 12 // after the name
	if end < 0 || len(fields) <= system {
		return 0, errors.New("stat has too few fields")
	}
	var ticks int64
	for _, field := range fields[user : system+1] {
		n, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("stat: %w", err)
		}
		ticks += n
	}
	return time.Duration(ticks) * tick, nil
}

// peakMemory is the most memory that a process ever had, in bytes.
func peakMemory(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	return parsePeak(text)
}

// parsePeak is the high-water mark of memory in a status file.
func parsePeak(text []byte) (int64, error) {
	for line := range bytes.Lines(text) {
		rest, found := bytes.CutPrefix(line, []byte("VmHWM:"))
		if !found {
			continue
		}
		number, ok := bytes.CutSuffix(bytes.TrimSpace(rest), []byte(" kB"))
		if !ok {
			return 0, fmt.Errorf("status: VmHWM is %q", rest)
		}
		n, err := strconv.ParseInt(string(bytes.TrimSpace(number)), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("status: VmHWM: %w", err)
		}
		return n << 10, nil
	}
	return 0, errors.New("status has no VmHWM")
}

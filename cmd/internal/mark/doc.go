// Package mark marks a folder of submissions: each is judged once, and what was
// found becomes a page and a text for its student, rows for the course's grade
// books, and a page of the class.
//
// submission.go finds the submissions in the folder and program.go runs those
// that are programs, within limits. mistake.go makes distinct mistakes of what
// the audit found; hints.go and effects.go say them to a student. coverage.go
// holds what was judged against what was asked for, rubric.go gives points.
// sheet.go writes a student's page and texts, class.go the page of the class,
// formats.go what other programs read. run.go does all of it, and picks up what
// an earlier run left.
package mark

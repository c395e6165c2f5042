// Renders the templates of a Helm chart where helm itself can't be had: Go's own engine, and those of Helm's functions that our chart
// uses. Any other function is an error, so a template that passes here uses nothing that this file doesn't have.
//
// usage: go run render_chart.go CHART < VALUES
//
// VALUES is JSON: {"Values": {…}, "Release": {…}, "Chart": {…}}. Prints JSON: the name of each template and its text.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
	"text/template"
)

func main() {
	if len(os.Args) != 2 {
		fail(errors.New("usage: go run render_chart.go CHART < VALUES"))
	}
	var input map[string]any
	if err := json.NewDecoder(os.Stdin).Decode(&input); err != nil {
		fail(err)
	}
	root := template.New("chart").Option("missingkey=zero")
	root.Funcs(functions(root))
	files, err := filepath.Glob(filepath.Join(os.Args[1], "templates", "*"))
	if err != nil {
		fail(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			fail(err)
		}
		if _, err := root.New(filepath.Base(file)).Parse(string(text)); err != nil {
			fail(err)
		}
	}
	rendered := map[string]string{}
	for _, file := range files {
		name := filepath.Base(file)
		if strings.HasPrefix(name, "_") {
			continue
		}
		var text bytes.Buffer
		if err := root.ExecuteTemplate(&text, name, input); err != nil {
			fail(err)
		}
		rendered[name] = text.String()
	}
	if err := json.NewEncoder(os.Stdout).Encode(rendered); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// functions have the names, the order of parameters and the results of Helm's.
func functions(root *template.Template) template.FuncMap {
	return template.FuncMap{
		"include": func(name string, data any) (string, error) {
			var text bytes.Buffer
			err := root.ExecuteTemplate(&text, name, data)
			return text.String(), err
		},
		"required": func(message string, value any) (any, error) {
			if isEmpty(value) {
				return nil, errors.New(message)
			}
			return value, nil
		},
		"fail": func(message string) (string, error) { return "", errors.New(message) },
		"toYaml": func(value any) string { return strings.Join(yaml(value), "\n") },
		"nindent": func(spaces int, text string) string {
			indent := "\n" + strings.Repeat(" ", spaces)
			return indent + strings.ReplaceAll(text, "\n", indent)
		},
		"quote":      func(value any) string { return fmt.Sprintf("%q", fmt.Sprint(value)) },
		"trunc":      func(length int, text string) string { return text[:min(length, len(text))] },
		"trimSuffix": func(suffix, text string) string { return strings.TrimSuffix(text, suffix) },
		"contains":   func(part, text string) bool { return strings.Contains(text, part) },
		"sha256sum":  func(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) },
		"default": func(fallback, value any) any {
			if isEmpty(value) {
				return fallback
			}
			return value
		},
		"empty": isEmpty,
		"ternary": func(yes, no any, condition bool) any {
			if condition {
				return yes
			}
			return no
		},
		// Helm's numbers of values come from JSON too, and are floating-point.
		"int":    func(value float64) int { return int(value) },
		"hasKey": func(values map[string]any, key string) bool { _, found := values[key]; return found },
		"set": func(values map[string]any, key string, value any) map[string]any {
			values[key] = value
			return values
		},
		"deepCopy": func(values map[string]any) (copied map[string]any, err error) {
			text, err := json.Marshal(values)
			if err != nil {
				return nil, err
			}
			return copied, json.Unmarshal(text, &copied)
		},
		"dict": func(pairs ...any) map[string]any {
			values := map[string]any{}
			for index := 0; index+1 < len(pairs); index += 2 {
				values[pairs[index].(string)] = pairs[index+1]
			}
			return values
		},
		"keys": func(values map[string]any) []string {
			var names []string
			for name := range values {
				names = append(names, name)
			}
			return names
		},
		"sortAlpha": func(names []string) []string { sort.Strings(names); return names },
		"join":      func(separator string, names []string) string { return strings.Join(names, separator) },
	}
}

// yaml has a line for each scalar, in JSON's spelling, which YAML takes.
func yaml(value any) []string {
	var lines []string
	switch value := value.(type) {
	case map[string]any:
		var names []string
		for name := range value {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			lines = append(lines, entry(fmt.Sprintf("%q:", name), value[name])...)
		}
	case []any:
		for _, element := range value {
			lines = append(lines, entry("-", element)...)
		}
	}
	if lines == nil {
		text, _ := json.Marshal(value)
		lines = []string{string(text)}
	}
	return lines
}

// entry is one value of a mapping or a list, below its head where it has several lines.
func entry(head string, value any) []string {
	below := yaml(value)
	if isEmpty(value) || (reflect.ValueOf(value).Kind() != reflect.Map && reflect.ValueOf(value).Kind() != reflect.Slice) {
		return []string{head + " " + below[0]}
	}
	lines := []string{head}
	for _, line := range below {
		lines = append(lines, "  "+line)
	}
	return lines
}

func min(one, other int) int {
	if one < other {
		return one
	}
	return other
}

func isEmpty(value any) bool {
	if value == nil {
		return true
	}
	switch of := reflect.ValueOf(value); of.Kind() {
	case reflect.String, reflect.Map, reflect.Slice:
		return of.Len() == 0
	default:
		return of.IsZero()
	}
}

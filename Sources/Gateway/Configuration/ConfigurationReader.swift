import Foundation
import Yams

/// Reads the values of a YAML file, and notes every problem with its line instead of stopping at the first.
struct ConfigurationReader {
  /// The longest text of a value that a message repeats.
  private static let shownMax = 60

  private(set) var problems: [ConfigurationProblems.Problem] = []

  mutating func report(_ node: Node?, _ text: String) {
    problems.append(ConfigurationProblems.Problem(line: node?.mark?.line, text: text))
  }

  /// The members of a mapping by name. Names that aren't known are problems.
  /// - Parameter path: where the mapping is, such as `keys.chat`; empty for the whole file.
  mutating func members(_ node: Node, _ path: String, known: [String]) -> [String: Node] {
    var members: [String: Node] = [:]
    for (name, key, value) in entries(node, path) {
      if known.contains(name) {
        members[name] = value
      } else {
        let near = known.first { $0.lowercased().filter(\.isLetter) == name.lowercased().filter(\.isLetter) }
        report(
          key,
          "\(Self.place(path, name)) is not a key that the gateway knows"
            + (near.map { "; write \($0)" } ?? "; it knows \(known.joined(separator: ", ")) here"))
      }
    }
    return members
  }

  /// The names and values of a mapping, whatever the names are.
  mutating func entries(_ node: Node, _ path: String) -> [(name: String, key: Node, value: Node)] {
    guard let mapping = node.mapping else {
      report(node, "\(path.isEmpty ? "the file" : path) must be a mapping, NAME: VALUE on each line")
      return []
    }
    var entries: [(name: String, key: Node, value: Node)] = []
    for (key, value) in mapping {
      if let scalar = key.scalar {
        entries.append((scalar.string, key, value))
      } else {
        report(key, "the names in \(path.isEmpty ? "the file" : path) must be plain text")
      }
    }
    return entries
  }

  /// The text of a value; nil if there is none, or after a problem.
  mutating func text(_ node: Node?, _ path: String) -> String? {
    guard let node else { return nil }
    guard let scalar = node.scalar else {
      report(node, "\(path) must be a single value")
      return nil
    }
    // An empty plain value is null in YAML; most often, something was forgotten.
    if scalar.style == .plain, ["", "~", "null"].contains(scalar.string.lowercased()) {
      report(node, "\(path) has no value; write one, or leave the key out")
      return nil
    }
    return scalar.string
  }

  /// A value that is written as a text.
  /// - Parameter form: what the text should have been: `a duration, such as 10m`.
  mutating func value<Value>(_ node: Node?, _ path: String, _ form: String, _ read: (String) -> Value?) -> Value? {
    guard let text = text(node, path) else { return nil }
    if let value = read(text) { return value }
    report(node, "\(path) must be \(form), not '\(text.count > Self.shownMax ? "\(text.prefix(Self.shownMax))…" : text)'")
    return nil
  }

  mutating func duration(_ node: Node?, _ path: String) -> Duration? {
    value(node, path, "a time with its unit, such as 500ms, 30s, 10m or 1h, up to 30d", ConfigurationValue.duration)
  }

  mutating func size(_ node: Node?, _ path: String) -> Int? {
    value(node, path, "a size, such as 64kB, 25MB or 1GiB, above 0 and up to 1000GB") {
      ConfigurationValue.size($0).flatMap { $0 > 0 ? $0 : nil }
    }
  }

  mutating func count(_ node: Node?, _ path: String) -> Int? {
    value(node, path, "a whole number above 0, such as 500, 10k or 50M") {
      ConfigurationValue.count($0).flatMap { $0 > 0 ? $0 : nil }
    }
  }

  mutating func flag(_ node: Node?, _ path: String) -> Bool? {
    value(node, path, "true or false") { ["true": true, "false": false][$0] }
  }

  /// The values of a list; one value that isn't in a list counts as a list of one.
  mutating func list(_ node: Node?, _ path: String) -> [Node] {
    guard let node else { return [] }
    if let sequence = node.sequence {
      if sequence.isEmpty { report(node, "\(path) is an empty list; write a value, or leave the key out") }
      return Array(sequence)
    }
    if node.scalar != nil { return text(node, path) == nil ? [] : [node] }
    report(node, "\(path) must be a list")
    return []
  }

  static func place(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}

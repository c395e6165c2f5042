/// What a user may have meant by a name that doesn't exist.
enum Suggestion {
  /// Names that other programs use for the same thing.
  private static let commands = [
    "quota": "list", "quotas": "list", "limits": "list", "limit": "list", "show": "list", "ls": "list", "get": "list",
    "model": "models", "profiles": "models", "route": "routes", "ways": "routes", "endpoints": "routes", "identity": "whoami",
    "credentials": "whoami", "sts": "whoami",
    "metrics": "usage", "stats": "usage", "throttles": "usage", "monitor": "check",
    "alarm": "alarms", "alert": "alarms", "alerts": "alarms", "raise": "increase", "request": "increase", "policy": "iam-policy",
    "permissions": "iam-policy", "iam": "iam-policy", "status": "check", "throughput": "capacity", "plan": "capacity",
    "page": "dashboard", "chart": "dashboard",
    "charts": "dashboard", "test": "probe", "measure": "probe", "ask": "invoke", "chat": "invoke", "send": "invoke",
    "converse": "invoke", "batch": "run", "save": "record", "serve": "emulate", "server": "emulate", "mock": "emulate",
    "tour": "demo",
  ]
  private static let options = [
    "query": "output json | jq", "filter": "search", "grep": "search", "name": "search", "format": "output", "o": "output",
    "json": "output json", "csv": "output csv", "markdown": "output markdown", "table": "output table", "debug": "verbose",
    "v": "verbose", "log": "verbose", "silent": "quiet", "q": "quiet", "r": "region", "p": "profile", "url": "endpoint-url",
    "endpoint": "endpoint-url", "host": "endpoint-url", "since": "start", "from": "start", "start-time": "start", "until": "end",
    "to": "end", "end-time": "end", "days": "hours", "last": "hours", "out": "output-file", "file": "output-file",
    "model-id": "model", "m": "model", "id": "model", "warning": "warn", "w": "warn", "c": "critical", "y": "yes",
    "force": "yes", "assume-yes": "yes", "n": "dry-run", "plan": "dry-run", "workers": "concurrency", "parallel": "concurrency",
    "threads": "concurrency", "retries": "max-attempts", "continue": "resume", "offline": "emulator", "mock": "emulator",
    "read-timeout": "timeout", "cli-read-timeout": "timeout", "t": "timeout",
  ]

  static var commandHints: [String] { Array(commands.values) }
  static var optionHints: [String] { Array(options.values) }

  /// - Parameters:
  ///   - word: what the user typed.
  ///   - names: the commands that exist.
  static func command(for word: String, among names: [String]) -> String? {
    nearest(to: word.lowercased(), among: names, others: commands)
  }

  /// An option, with its hyphens and perhaps a value.
  /// - Parameters:
  ///   - word: what the user typed, with or without hyphens.
  ///   - names: the options that exist, without hyphens.
  static func option(for word: String, among names: [String]) -> String? {
    let name = word.lowercased().drop { $0 == "-" }.prefix { $0 != "=" }.replacing("_", with: "-")
    return nearest(to: String(name), among: names, others: options).map { "--\($0)" }
  }

  private static func nearest(to word: String, among names: [String], others: [String: String]) -> String? {
    if names.contains(word) { return word }
    if let other = others[word], let name = other.split(separator: " ").first, names.contains(String(name)) { return other }
    // A long word that is near to nothing isn't worth the time that a comparison takes.
    guard (2...40).contains(word.count) else { return nil }
    let begun = names.filter { $0.hasPrefix(word) }
    if let short = begun.min(by: { $0.count < $1.count }) { return short }
    // One slip in three letters: more would suggest words that have little in common.
    let slips = max(1, word.count / 3)
    let near = names.map { (name: $0, distance: distance(word, $0)) }.filter { $0.distance <= slips }
    return near.min { $0.distance < $1.distance }?.name
  }

  /// The letters to insert, delete, replace, or swap with their neighbour (optimal string alignment).
  static func distance(_ left: String, _ right: String) -> Int {
    let (left, right) = (Array(left), Array(right))
    guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
    var rows = [Array(0...right.count)]
    for i in 1...left.count {
      var row = [i]
      for j in 1...right.count {
        let isSame = left[i - 1] == right[j - 1]
        var least = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (isSame ? 0 : 1))
        if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] { least = min(least, rows[i - 2][j - 2] + 1) }
        row.append(least)
      }
      rows.append(row)
    }
    return rows[left.count][right.count]
  }
}

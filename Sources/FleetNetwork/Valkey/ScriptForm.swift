/// How a server gets the script. `SCRIPT LOAD` is never used: proxies and users' rights often forbid it, and caches forget.
enum ScriptForm: Sendable, Equatable {
  /// `EVALSHA`, the shortest.
  case digest
  /// `EVAL`, where the script isn't cached, or `EVALSHA` is forbidden.
  case source
  /// `FCALL`, where users may send no scripts.
  case function

  /// This form and those to try after it.
  var following: [ScriptForm] {
    switch self {
    case .digest: [.digest, .source, .function]
    case .source: [.source, .function]
    // An administrator may have allowed scripts since.
    case .function: [.function, .digest, .source]
    }
  }

  /// The command up to the number of keys.
  var words: [String] {
    switch self {
    case .digest: ["EVALSHA", SyncScript.digest]
    case .source: ["EVAL", SyncScript.source]
    case .function: ["FCALL", SyncScript.function]
    }
  }
}

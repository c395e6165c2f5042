import AWSWire

/// A file in the format of `~/.aws/config`, read as botocore reads it: with Python's `configparser`, and one level of settings
/// that are indented below another one.
///
/// What the AWS CLI refuses is refused here as well, with the line. Sources: botocore/configloader.py and
/// docs.python.org/3/library/configparser.html#supported-ini-file-structure.
package struct ConfigFile: Sendable, Equatable, Redacted {
  /// Settings by name. An indented setting's name is `outer.inner`; the outer name is in lower case.
  package typealias Settings = [String: String]

  /// Sections by header, as it stands between the brackets: `default`, `profile "my team"`, `services local`.
  package private(set) var sections: [String: Settings] = [:]
  /// The headers in the order of the file.
  private var headers: [String] = []

  package init() {}

  /// - Parameter path: for error messages only.
  /// - Throws: ``AWSClientError`` (`configuration`) with file and line, if botocore couldn't parse the text either.
  package init(_ text: String, path: String) throws {
    do throws(ConfigFileParser.Malformed) {
      for section in try ConfigFileParser.sections(of: text) {
        headers.append(section.header)
        sections[section.header] = try Self.flattened(section)
      }
    } catch {
      throw AWSClientError(.configuration, "\(path), line \(error.line): \(error.what).")
    }
  }

  /// The sections whose header is a word that begins with `kind` and a name, by name: `profile dev` is the profile `dev`. A name
  /// with blanks is in quotes. Of two sections with the same name, the later one counts. Headers that don't fit are left out.
  package func named(_ kind: String) -> [String: Settings] {
    var found: [String: Settings] = [:]
    for header in headers where header.hasPrefix(kind) {
      guard let words = ShellWords.split(header), words.count == 2 else { continue }
      found[words[1]] = sections[header]
    }
    return found
  }

  /// The profiles of a config file. A header without `profile` counts for `default` alone.
  package var profiles: [String: Settings] {
    var found = named("profile")
    // [default] and [profile default] are the same, and the later one counts.
    let rivals = headers.filter { $0 == "default" || ($0.hasPrefix("profile") && ShellWords.split($0)?.last == "default") }
    if rivals.last == "default" { found["default"] = sections["default"] }
    return found
  }

  private static func flattened(_ section: ConfigFileParser.Section) throws(ConfigFileParser.Malformed) -> Settings {
    var settings: Settings = [:]
    for option in section.options {
      guard let nested = try option.nested else {
        settings[option.name] = option.value
        continue
      }
      for (name, value) in nested { settings["\(option.name).\(name)"] = value }
    }
    return settings
  }
}

import AWSClient
import Foundation
import Yams

/// The YAML of a configuration file, within bounds.
enum ConfigurationDocument {
  /// The most bytes of a file; 10,000 keys take less than half of it.
  static let bytesMax = 1_024 * 1_024

  /// Reads a file.
  /// - Throws: the one problem of a file that can't be read, is too large, or is no text.
  static func text(of file: String) throws(ConfigurationProblems) -> String {
    let data: Data
    do throws(SmallFile.Problem) {
      data = try SmallFile.contents(of: file, bytesMax: bytesMax)
    } catch {
      throw ConfigurationProblems(file: file, problems: [.init(line: nil, text: "the file \(error.words)")])
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw ConfigurationProblems(file: file, problems: [.init(line: nil, text: "the file is not UTF-8 text; save it as such")])
    }
    return text
  }

  /// Parses a text.
  /// - Parameter file: the name of the file, for messages.
  /// - Returns: nil if the text has no value, as a file of comments.
  /// - Throws: the problem at which parsing stopped.
  static func parse(_ text: String, file: String) throws(ConfigurationProblems) -> Node? {
    do throws(ConfigurationProblems.Problem) {
      return try parse(text)
    } catch {
      throw ConfigurationProblems(file: file, problems: [error])
    }
  }

  /// Parses a text.
  /// - Returns: nil if the text has no value, as a file of comments.
  /// - Throws: the problem at which parsing stopped.
  static func parse(_ text: String) throws(ConfigurationProblems.Problem) -> Node? {
    guard text.utf8.count <= bytesMax else {
      throw ConfigurationProblems.Problem(line: nil, text: "the file has more than 1 MB; check that it is the right one")
    }
    // A few aliases can expand to more than any memory, and YAML's parser compares what they stand for.
    if let line = lineOfAnchor(text) {
      throw ConfigurationProblems.Problem(
        line: line, text: "anchors (&name) and aliases (*name) are not read; write the values out")
    }
    do {
      return try compose(yaml: text, .basic, .default, .utf8)
    } catch {
      throw problem(error)
    }
  }

  private static func problem(_ error: any Error) -> ConfigurationProblems.Problem {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
      return .init(line: mark.line, text: "this is not valid YAML: \(problem); check the indentation, brackets and quotes")
    case .duplicatedKeysInMapping(let names, let context):
      let names = names.map { "'\($0.prefix(60))'" }.joined(separator: ", ")
      return .init(line: context.mark.line, text: "\(names) stands twice in the same mapping, here first; remove one")
    case .reader(let problem, _, _, _):
      return .init(line: nil, text: "this is not valid YAML: \(problem); save it as UTF-8 text")
    default: return .init(line: nil, text: "this is not valid YAML")
    }
  }

  /// The first line with an anchor: a `&` and a letter where a value can begin, outside a comment.
  private static func lineOfAnchor(_ text: String) -> Int? {
    var line = 1
    var (before, isComment) = (UInt8(ascii: "\n"), false)
    var bytes = text.utf8.makeIterator()
    var next = bytes.next()
    while let byte = next {
      next = bytes.next()
      if byte == UInt8(ascii: "\n") {
        line += 1
        isComment = false
      } else if byte == UInt8(ascii: "#"), " \t\n".utf8.contains(before) {
        isComment = true
      } else if byte == UInt8(ascii: "&"), !isComment, " \t\n[{,:-?".utf8.contains(before), let next, next > 0x20 {
        return line
      }
      before = byte
    }
    return nil
  }
}

extension ConfigurationProblems.Problem: Error {}

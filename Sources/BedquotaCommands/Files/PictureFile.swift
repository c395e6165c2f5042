import ArgumentParser
import Foundation

/// Which names fit an SVG picture. Another ending would give a file that no program opens.
enum PictureFile {
  /// A name that ends in `.svg` or has no ending, `-` for stdout, and whatever is no regular file, such as a pipe.
  static func isForSVG(_ path: String) -> Bool {
    let ending = URL(filePath: path, directoryHint: .notDirectory).pathExtension.lowercased()
    if ["", "svg"].contains(ending) { return true }
    guard let facts = try? PathFacts(of: path) else { return false }
    return facts.kind == .pipe || facts.kind == .characterDevice
  }

  /// - Throws: `ValidationError`, which ends the command with 64.
  static func validate(_ path: String?, option: String) throws {
    guard let path else { return }
    if path.isEmpty { throw ValidationError("\(option) takes the file to write.") }
    if !isForSVG(path) { throw ValidationError("\(option) writes SVG: it takes a name that ends in .svg, or - for stdout.") }
  }
}

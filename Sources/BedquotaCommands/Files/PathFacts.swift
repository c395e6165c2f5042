import Foundation

/// What the file system says about the place that an output file would have.
struct PathFacts: Equatable {
  enum Kind { case nothing, file, folder, pipe, characterDevice, blockDevice, socket }
  enum Folder { case there, missing, notAFolder }

  /// Where the file is or would be: the path with the links at its end followed.
  var target: String
  /// What the path leads to; nothing for a new path, and for a link to one.
  var kind = Kind.nothing
  /// Why the program may not write to what is there, as an `errno`; 0 if it may.
  var writeProblem: Int32 = 0
  /// Permission bits, owner and group of what is there.
  var mode: mode_t = 0
  var owner: uid_t = 0
  var group: gid_t = 0
  /// Whether the file has more names than this one (hard links).
  var hasOtherNames = false
  /// Whether the program's stdout leads to this regular file.
  var isStandardOutput = false
  /// Whether a new file could be given to the owner of what is there.
  var canKeepOwner = true
  /// The folder of the target.
  var folder = Folder.there
  /// Why the program may not make files in the folder, as an `errno`; 0 if it may.
  var folderProblem: Int32 = 0

  /// The path of the target's folder, as far as the path names one.
  var folderPath: String { Self.folder(of: target) }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

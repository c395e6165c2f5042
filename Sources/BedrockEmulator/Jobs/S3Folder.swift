import AWSServer
// Where swift-certificates is linked, the compiler takes this module for the one that defines `stat`.
import CoreFoundation
import Foundation

/// A local folder that stands for S3: `s3://bucket/key` is the file `bucket/key` in it.
///
/// Nothing outside of it is read or written. Keys have no `..`, and each folder on the way to a file is opened by its name in the one
/// before, without following symbolic links, so that not even one that appears meanwhile leads out.
package struct S3Folder: Sendable {
  /// Why a file can't be read or written, in words for the client.
  package struct Problem: Error {
    package var message: String
  }

  private let root: String

  /// - Throws: ``EmulatorError`` (`s3`) if there is no such folder.
  package init(_ path: String) throws(EmulatorError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw EmulatorError(.s3, "The folder that stands for S3 can't be opened: \(path): \(Self.reason())", parameters: ["s3"])
    }
    close(descriptor)
    // The folder itself may be a link; what is in it may not.
    root = path
  }

  /// What the last call of the system failed for.
  static func reason() -> String { String(cString: strerror(errno)) }

  /// Makes the folders of a location, to see early whether something can be written to it.
  package func prepare(_ location: S3Location) throws(Problem) {
    close(try directory(location.bucket, location.path, makes: true, location))
  }

  /// Opens a file for reading.
  package func read(_ location: S3Location) throws(Problem) -> S3Reader {
    guard let name = location.path.last else { throw Problem(message: "\(location.uri) is a bucket, not an object.") }
    let directory = try directory(location.bucket, location.path.dropLast(), makes: false, location)
    defer { close(directory) }
    let descriptor = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw problem(location, "read") }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw Problem(message: "\(location.uri) is not an object: in the folder that stands for S3, it is no regular file.")
    }
    return S3Reader(descriptor: descriptor, byteCount: Int(status.st_size), location: location)
  }

  /// Opens a new file for writing. It appears under its name when it is finished, and replaces another one then.
  package func write(_ location: S3Location) throws(Problem) -> S3Writer {
    guard let name = location.path.last else { throw Problem(message: "\(location.uri) is a bucket, not an object.") }
    let directory = try directory(location.bucket, location.path.dropLast(), makes: true, location)
    let temporary = ".\(UInt64.random(in: .min ... .max)).part"
    let descriptor = openat(directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      defer { close(directory) }
      throw problem(location, "written")
    }
    return S3Writer(descriptor: descriptor, directory: directory, temporary: temporary, name: name, location: location)
  }

  /// The regular files in a folder, sorted by name; nil if the location is no folder.
  package func files(in location: S3Location) throws(Problem) -> [S3Location]? {
    guard let descriptor = try? directory(location.bucket, location.path, makes: false, location) else { return nil }
    guard let stream = fdopendir(descriptor) else {
      defer { close(descriptor) }
      throw problem(location, "listed")
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      var status = stat()
      guard !name.hasPrefix("."), fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0,
        status.st_mode & S_IFMT == S_IFREG
      else { continue }
      names.append(name)
    }
    return names.sorted().map { location.appending($0) }
  }

  /// Opens the folder of these names; the caller closes it.
  private func directory(
    _ bucket: String, _ path: some Sequence<String>, makes: Bool, _ location: S3Location
  ) throws(Problem) -> Int32 {
    var descriptor = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    for name in [bucket] + path {
      guard descriptor >= 0 else { break }
      if makes { mkdirat(descriptor, name, 0o777) }
      let next = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      let code = errno
      close(descriptor)
      errno = code
      descriptor = next
    }
    guard descriptor >= 0 else { throw problem(location, makes ? "written" : "read") }
    return descriptor
  }

  private func problem(_ location: S3Location, _ verb: String) -> Problem {
    // ELOOP, and ENOTDIR for a folder: a symbolic link is on the way.
    let reason = errno == ELOOP ? "it is a symbolic link, which isn't followed" : Self.reason()
    return Problem(message: "\(location.uri) can't be \(verb) in the folder that stands for S3: \(reason).")
  }
}

import Bedquota
// Where swift-certificates is linked, the compiler takes this module for the one that defines `stat`.
import CoreFoundation
import Foundation

/// Writes a regular file or a new path so that a failure leaves the old content.
struct RegularFile {
  private let facts: PathFacts
  /// Of a new file; the umask may take more away.
  private let newMode: mode_t

  /// - Parameter isPrivate: whether nobody else may read a new file, as is right for charts and reports, which hold account ids and usage.
  init(_ facts: PathFacts, isPrivate: Bool = true) { (self.facts, newMode) = (facts, isPrivate ? 0o600 : 0o644) }

  private var isNew: Bool { facts.kind == .nothing }

  /// Writes a new file beside the target and gives it the target's name, mode and owner.
  /// - Returns: 0, or the `errno` of what failed; the target is unchanged then.
  func replace(with bytes: UnsafeRawBufferPointer) -> Int32 {
    // A name of fixed length: the target's own may be as long as names can be.
    let path = "\(facts.folderPath)/.bedquota-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, newMode)
    var code = descriptor < 0 ? errno : 0
    if descriptor < 0 { return canOverwrite(after: code) ? overwrite(with: bytes) : code }
    code = DescriptorWriter.write(bytes, to: descriptor)
    let keepsOwner = code != 0 || keepModeAndOwner(descriptor)
    if code == 0, !Self.sync(descriptor) { code = errno }
    if close(descriptor) != 0, code == 0 { code = errno }
    if code == 0, keepsOwner, rename(path, facts.target) != 0 { code = errno }
    if code != 0 || !keepsOwner { unlink(path) }
    return (code == 0 && !keepsOwner) || canOverwrite(after: code) ? overwrite(with: bytes) : code
  }

  /// Whether a new file failed for a reason that doesn't forbid writing the old one, such as a mount point of a single file.
  private func canOverwrite(after code: Int32) -> Bool { !isNew && [EACCES, EPERM, EROFS, EBUSY, EXDEV].contains(code) }

  /// - Returns: whether the new file has the owner and the group of the old one.
  private func keepModeAndOwner(_ descriptor: Int32) -> Bool {
    guard !isNew else { return true }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return false }
    if status.st_uid != facts.owner || status.st_gid != facts.group, fchown(descriptor, facts.owner, facts.group) != 0 {
      return false
    }
    // After the owner, because a change of owner takes bits away.
    return fchmod(descriptor, facts.mode) == 0
  }

  /// Writes into the old file. What is longer than before is written first: if the disk is full, that shows before a byte of the
  /// old content is gone.
  /// - Returns: 0, or the `errno` of what failed.
  func overwrite(with bytes: UnsafeRawBufferPointer) -> Int32 {
    let descriptor = open(facts.target, O_WRONLY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { return errno }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return errno }
    let old = Int(status.st_size)
    if bytes.count > old {
      let tail = UnsafeRawBufferPointer(rebasing: bytes[old...])
      var code = SystemWrite.all(tail, to: descriptor, at: old)
      if code == 0, !Self.sync(descriptor) { code = errno }
      if code != 0 {
        ftruncate(descriptor, off_t(old))
        return code
      }
    }
    let code = SystemWrite.all(UnsafeRawBufferPointer(rebasing: bytes[..<min(old, bytes.count)]), to: descriptor, at: 0)
    guard code == 0 else { return code }
    guard ftruncate(descriptor, off_t(bytes.count)) == 0, Self.sync(descriptor) else { return errno }
    return 0
  }

  /// Brings the bytes to the disk: some file systems report a full disk only then.
  private static func sync(_ descriptor: Int32) -> Bool { fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP }
}

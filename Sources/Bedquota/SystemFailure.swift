import Foundation

/// A system call that failed.
struct SystemFailure: Error, Equatable, CustomStringConvertible {
  var number: Int32

  init(_ number: Int32 = errno) { self.number = number }

  var description: String { String(cString: strerror(number)) }
  /// The disk or the user's share of it is full, which may pass.
  var isFullDisk: Bool { number == ENOSPC || number == EDQUOT }
}

extension BedquotaError {
  /// Whether a file could not be written because the disk is full, which may pass.
  package var isFullDisk: Bool { (underlying as? SystemFailure)?.isFullDisk == true }
}

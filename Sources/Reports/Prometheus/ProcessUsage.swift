import Foundation

/// What this process uses of the machine, under the names that every Prometheus client gives it.
package struct ProcessUsage: Sendable, Equatable {
  /// User and system time.
  package var cpuSeconds: Double?
  package var residentBytes: Double?
  package var openDescriptors: Double?
  package var descriptorsMax: Double?

  package init() {}

  /// Reads the figures; one that the system doesn't tell stays nil.
  package static func current() -> ProcessUsage {
    var process = ProcessUsage()
    var usage = rusage()
    #if canImport(Darwin)
      let ownUsage = RUSAGE_SELF
    #else
      let ownUsage = RUSAGE_SELF.rawValue
    #endif
    if getrusage(numericCast(ownUsage), &usage) == 0 {
      func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }
      process.cpuSeconds = seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
    // The second field is the resident set, in pages. macOS has no such file, and the figure is absent there.
    if let fields = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " "), fields.count > 1,
      let pages = Double(fields[1])
    {
      process.residentBytes = pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }
    // One of them is the descriptor of the listing itself.
    process.openDescriptors = (try? FileManager.default.contentsOfDirectory(atPath: "/dev/fd")).map {
      Double(max($0.count - 1, 0))
    }
    let most = sysconf(Int32(_SC_OPEN_MAX))
    if most > 0 { process.descriptorsMax = Double(most) }
    return process
  }
}

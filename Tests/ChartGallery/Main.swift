import Charts
import Foundation

/// Draws pictures to look at, measures how long that takes, and draws a benchmark's comparison.
@main
struct ChartGallery {
  static let usage = """
    usage: chart-gallery gallery DIR     write the pictures of the gallery into DIR
           chart-gallery clients FILE    draw the lines of JSON on stdin that scripts/benchmark-clients keeps
           chart-gallery gateway FILE    the same of scripts/benchmark-gateway
           chart-gallery benchmark       draw the sheet of 40 models 20 times, print one line of JSON
           chart-gallery numbers         print that sheet's values as CSV: row, plot, minute, first series, second series, area
    """

  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    switch (arguments.first, arguments.count) {
    case ("gallery", 2): try gallery(in: URL(filePath: arguments.last!, directoryHint: .isDirectory))
    case ("clients", 2): try ClientComparison.svg().write(toFile: arguments.last!, atomically: true, encoding: .utf8)
    case ("gateway", 2): try GatewayComparison.svg().write(toFile: arguments.last!, atomically: true, encoding: .utf8)
    case ("benchmark", 1): benchmark()
    case ("numbers", 1): numbers()
    default:
      FileHandle.standardError.write(Data((usage + "\n").utf8))
      exit(64)
    }
  }

  private static func gallery(in folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, svg) in Gallery.pictures {
      try Data(svg.utf8).write(to: folder.appending(path: "\(name).svg"))
    }
  }

  private static func benchmark() {
    let sheet = ManyModels.sheet
    var bytes = 0
    var times: [Double] = []
    // The first round warms up.
    for round in 0...20 {
      let elapsed = ContinuousClock().measure { bytes = sheet.svg().utf8.count }
      if round > 0 { times.append(elapsed / .milliseconds(1)) }
    }
    let median = times.sorted()[times.count / 2]
    print(#"{"median_ms":\#((median * 100).rounded() / 100),"bytes":\#(bytes),"bars":\#(ManyModels.barCount)}"#)
  }

  private static func numbers() {
    var lines: [String] = []
    for (row, plots) in ManyModels.values.enumerated() {
      for (plot, values) in plots.enumerated() {
        for minute in values.first.indices {
          lines.append("\(row),\(plot),\(minute),\(values.first[minute]),\(values.second[minute]),\(values.area[minute])")
        }
      }
    }
    print(lines.joined(separator: "\n"))
  }
}

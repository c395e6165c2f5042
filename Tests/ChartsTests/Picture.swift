import Charts
import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// An SVG, parsed.
struct Picture {
  struct Element {
    var name: String
    /// Its attributes, and inherited ones.
    var attributes: [String: String]
    var text = ""
    /// The width of a text's parts together: a heading and the text after it.
    var partWidth = 0.0

    subscript(_ name: String) -> String? { attributes[name] }
    var width: Double { Font(size: number("font-size") ?? 16, isBold: self["font-weight"] == "600").width(of: text) }
    func number(_ name: String) -> Double? { attributes[name].flatMap(Double.init) }
  }

  private(set) var elements: [Element] = []

  init(_ svg: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let reader = Reader()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = reader
    try #require(parser.parse(), "not well-formed: \(String(describing: parser.parserError))", sourceLocation: sourceLocation)
    elements = reader.elements
    for banned in ["nan", "inf", "NaN"] {
      let hasBanned = elements.contains { element in
        element.attributes.contains {
          !["aria-labelledby", "id"].contains($0.key) && $0.key != "class" && $0.value.contains(banned)
        }
      }
      #expect(!hasBanned, "\(banned) in an attribute", sourceLocation: sourceLocation)
    }
  }

  func all(_ name: String, class class_: String? = nil) -> [Element] {
    elements.filter { $0.name == name && (class_ == nil || $0["class"] == class_) }
  }

  /// All texts, as a reader sees them.
  var texts: [String] { all("text").map(\.text) }

  /// The boxes of the texts, in the widest font that is likely.
  var boxes: [(text: String, rectangle: CGRect)] {
    all("text").map { element -> (text: String, rectangle: CGRect) in
      let size = element.number("font-size") ?? 16
      let width = element.partWidth > 0 ? element.partWidth : element.width
      let shift: Double = ["middle": width / 2, "end": width][element["text-anchor"] ?? ""] ?? 0
      let height = size * 0.95
      if let transform = element["transform"] {
        let numbers = transform.split { !"-.0123456789".contains($0) }.compactMap { Double($0) }
        return (element.text, CGRect(x: numbers[0] - size * 0.78, y: numbers[1] - width / 2, width: height, height: width))
      }
      let x = (element.number("x") ?? 0) - shift
      return (element.text, CGRect(x: x, y: (element.number("y") ?? 0) - size * 0.78, width: width, height: height))
    }
  }

  private final class Reader: NSObject, XMLParserDelegate {
    var elements: [Element] = []
    private var open: [Int] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String] = [:]
    ) {
      var all = open.last.map { elements[$0].attributes.filter { ["text-anchor", "font-size"].contains($0.key) } } ?? [:]
      all.merge(attributes) { $1 }
      elements.append(Element(name: name, attributes: all))
      open.append(elements.count - 1)
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
      let closed = elements[open.removeLast()]
      guard name == "tspan", let text = open.last else { return }
      elements[text].partWidth += closed.width + (closed.number("dx") ?? 0)
      // The first part has the larger font.
      if elements[text]["font-size"] == nil { elements[text].attributes["font-size"] = closed["font-size"] }
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
      for index in open where ["text", "title", "desc", "tspan"].contains(elements[index].name) { elements[index].text += text }
    }
  }
}

extension Picture {
  /// The lower and upper end of a bar path in each pixel column.
  static func spans(_ path: String, columns: Range<Int>) -> [(low: Double, high: Double)?] {
    var spans: [(low: Double, high: Double)?] = columns.map { _ in nil }
    for run in path.split(separator: "Z") {
      var corners: [(x: Double, y: Double)] = []
      var x = 0.0
      var y = 0.0
      for command in run.split(separator: /(?=[MVH])/) {
        let numbers = command.dropFirst().split(separator: ",").compactMap { Double($0) }
        switch command.first {
        case "M": (x, y) = (numbers[0], numbers[1])
        case "H": x = numbers[0]
        default: y = numbers[0]
        }
        corners.append((x, y))
      }
      for column in columns {
        let middle = Double(column) + 0.5
        var crossings: [Double] = []
        for (from, to) in zip(corners, corners.dropFirst() + corners.prefix(1))
        where from.y == to.y && min(from.x, to.x) < middle && max(from.x, to.x) > middle { crossings.append(from.y) }
        if crossings.count == 2 { spans[column - columns.lowerBound] = (crossings.max()!, crossings.min()!) }
      }
    }
    return spans
  }
}

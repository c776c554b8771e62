/// A table for a terminal: the first line is the header, cells are padded by scalar count, the last column is not
/// padded. Cells may quote hostile text: each stays on one line and is made harmless.
public func table(_ head: [String], _ rows: [[String]]) -> String {
  let all = ([head] + rows).map { $0.map(\.harmless) }
  let widths = head.indices.map { column in all.map { $0[column].unicodeScalars.count }.max() ?? 0 }
  return all.map { row in
    row.enumerated().map { column, cell in
      column == row.count - 1
        ? cell : cell + String(repeating: " ", count: widths[column] - cell.unicodeScalars.count + 2)
    }.joined() + "\n"
  }.joined()
}

using System.Text;

namespace Blockwright.Generator.Emit;

/// <summary>Text with indentation and braces.</summary>
/// <param name="cancellation">Looked at with each line: there is no other place that all who write pass.</param>
internal sealed class CodeWriter(CancellationToken cancellation)
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public void Line(string line = "")
    {
        cancellation.ThrowIfCancellationRequested();
        if (line.Length > 0)
            _text.Append(' ', _depth * 4).Append(line);
        _text.Append('\n');
    }

    public void Open(string? line = null)
    {
        if (line is not null)
            Line(line);
        Line("{");
        _depth++;
    }

    public void Close(string end = "}")
    {
        _depth--;
        Line(end);
    }

    public CancellationToken Cancellation => cancellation;

    public override string ToString() => _text.ToString();
}

using System.Net;
using System.Text;

namespace Blockwright;

/// <summary>HTML that is written: every text and every attribute is encoded, so that a name is a name whatever stands in it.</summary>
internal sealed class Html
{
    private readonly StringBuilder _text = new();

    /// <summary>Begins an element.</summary>
    /// <param name="name">Its name, a constant.</param>
    /// <param name="attributes">Names, constants, and values; null leaves one out.</param>
    public Html Begin(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        _text.Append('<').Append(name);
        foreach (var (key, value) in attributes)
        {
            if (value is not null)
                _text.Append(' ').Append(key).Append("=\"").Append(WebUtility.HtmlEncode(value)).Append('"');
        }
        _text.Append('>');
        return this;
    }

    public Html End(string name)
    {
        _text.Append("</").Append(name).Append('>');
        return this;
    }

    /// <summary>Ends an element that lines may end with.</summary>
    public Html EndLine(string name)
    {
        End(name);
        _text.Append('\n');
        return this;
    }

    public Html Text(string text)
    {
        _text.Append(WebUtility.HtmlEncode(text));
        return this;
    }

    /// <summary>An element with nothing but a text in it.</summary>
    public Html Element(string name, string text, params ReadOnlySpan<(string Name, string? Value)> attributes) => Begin(name, attributes).Text(text).EndLine(name);

    /// <summary>What is HTML already: the report's own constants.</summary>
    public Html Raw(string html)
    {
        _text.Append(html);
        return this;
    }

    public override string ToString() => _text.ToString();
}

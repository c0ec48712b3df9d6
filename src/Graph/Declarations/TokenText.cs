using System.Text;
using Microsoft.CodeAnalysis;

namespace Blockwright.Graph;

/// <summary>
/// What a text says to the compiler: its tokens, each apart from the next. Comments, directives and what an <c>#if</c> leaves out lie between them and are no part of it. An error there is: a constant that has
/// one has no value.
/// </summary>
internal sealed class TokenText
{
    private const char Between = '\0';

    private const string Faulty = "\u0001";

    private readonly StringBuilder _text = new();

    public static string Of(IEnumerable<SyntaxNode> nodes)
    {
        var text = new TokenText();
        foreach (var node in nodes)
            text.Add(node);
        return text.ToString();
    }

    public TokenText Add(string mark)
    {
        _text.Append(mark).Append(Between);
        return this;
    }

    public TokenText Add(SyntaxToken token)
    {
        Add(token.Text);
        return token.ContainsDiagnostics ? Add(Faulty) : this;
    }

    public TokenText Add(SyntaxTokenList tokens)
    {
        foreach (var token in tokens)
            Add(token);
        return this;
    }

    public TokenText Add(SyntaxNode? node)
    {
        if (node is null)
            return this;
        foreach (var token in node.DescendantTokens())
            Add(token);
        return this;
    }

    public TokenText Add<T>(SyntaxList<T> nodes)
        where T : SyntaxNode
    {
        foreach (var node in nodes)
            Add(node).Add(";");
        return this;
    }

    public override string ToString() => _text.ToString();
}

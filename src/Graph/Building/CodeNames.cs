using Microsoft.CodeAnalysis.CSharp;

namespace Blockwright.Graph;

/// <summary>How names of the language are spelled in C#.</summary>
public static class CodeNames
{
    /// <summary>A block's parameter as a constructor's parameter.</summary>
    public static string Parameter(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;

    public static bool IsIdentifier(string name) => SyntaxFacts.IsValidIdentifier(name);
}

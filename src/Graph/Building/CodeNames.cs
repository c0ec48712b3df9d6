using Microsoft.CodeAnalysis.CSharp;

namespace Blockwright.Graph;

/// <summary>How names of the language are spelled in C#.</summary>
public static class CodeNames
{
    /// <summary>A block's parameter as a constructor's parameter.</summary>
    public static string Parameter(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;

    /// <summary>A class or a member, where it is declared: there a word may be a keyword that only sometimes is one, as required, file, scoped, record.</summary>
    public static string Escape(string name) =>
        SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None && SyntaxFacts.GetContextualKeywordKind(name) == SyntaxKind.None && name is not ("extension" or "scoped" or "file" or "required") ? name : "@" + name;

    /// <summary>A key as a part of a name: what no identifier may hold is an underscore.</summary>
    public static string Part(string key) => new(key.Select(static c => SyntaxFacts.IsIdentifierPartCharacter(c) ? c : '_').ToArray());

    public static bool IsIdentifier(string name) => SyntaxFacts.IsValidIdentifier(name);
}

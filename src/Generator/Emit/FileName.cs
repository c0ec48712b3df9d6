using System.Globalization;
using System.Text;
using Blockwright.Graph;
using Microsoft.CodeAnalysis.CSharp;

namespace Blockwright.Generator.Emit;

/// <summary>The name that a class's file has in the compiler, and on disk where a project asks for that (EmitCompilerGeneratedFiles).</summary>
internal static class FileName
{
    // A file system takes 255 bytes for one name, and Windows, unless told otherwise, 260 letters for the whole path, of which the folders take a hundred and more.
    private const int MostBytes = 120;
    private const int HashBytes = 8;
    private const string Extension = ".g.cs";

    /// <param name="declaration">The class.</param>
    /// <param name="rank">Its number among those whose names differ in case alone, which neither the compiler nor every file system tells apart.</param>
    public static string Of(Declaration declaration, int rank)
    {
        var name = new StringBuilder();
        foreach (var c in declaration.FullName.Replace("global::", ""))
            name.Append(SyntaxFacts.IsIdentifierPartCharacter(c) || c is '.' ? c : '-');
        var whole = rank > 0 ? $"{name}-{rank.ToString(CultureInfo.InvariantCulture)}" : name.ToString();
        return (Encoding.UTF8.GetByteCount(whole + Extension) > MostBytes ? $"{StableHash.Of(declaration.FullName, HashBytes)}-{End(name.ToString())}" : whole) + Extension;
    }

    /// <summary>As much of the end, where the class's own name stands, as there is room for behind a hash.</summary>
    private static string End(string name)
    {
        var room = MostBytes - (2 * HashBytes) - 1 - Extension.Length;
        var start = name.Length;
        while (start > 0 && (room -= Encoding.UTF8.GetByteCount(name.Substring(start - 1, 1))) >= 0)
            start--;
        return name.Substring(start);
    }
}

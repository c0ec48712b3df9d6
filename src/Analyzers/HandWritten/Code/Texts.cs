using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.HandWritten.Code;

/// <summary>What a file's text says, where its code is not looked at.</summary>
internal static class Texts
{
    /// <summary>Whether the word stands anywhere in the file, as code or not. It reads the whole text: for what is about to be reported.</summary>
    public static bool Mentions(this SyntaxTree tree, string word, CancellationToken cancellation) => tree.GetText(cancellation).ToString().Contains(word);
}

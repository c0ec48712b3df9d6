using Blockwright.CodeFixes.Declared;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Blockwright.CodeFixes.Tests.Declared;

/// <summary>What all fixes of declarations offer for a diagnostic.</summary>
internal static class OfferedFixes
{
    /// <summary>The only one with this title.</summary>
    public static async Task<CodeAction> One(Document document, Diagnostic diagnostic, string title)
    {
        var offered = new List<CodeAction>();
        var providers = typeof(DeclaredFix).Assembly.GetTypes().Where(static type => !type.IsAbstract && type.IsSubclassOf(typeof(DeclaredFix)))
            .Select(static type => (CodeFixProvider)Activator.CreateInstance(type)!);
        foreach (var provider in providers.Where(provider => provider.FixableDiagnosticIds.Contains(diagnostic.Id)))
            await provider.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => offered.Add(action), CancellationToken.None));
        return Assert.Single(offered, action => action.Title == title);
    }
}

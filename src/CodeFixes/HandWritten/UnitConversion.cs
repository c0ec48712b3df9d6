using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FindSymbols;
using static System.FormattableString;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Blockwright.CodeFixes.HandWritten;

/// <summary>Replaces a class by its declaration, in the whole solution, or not at all.</summary>
internal static class UnitConversion
{
    private const string Module = "BlockModule";

    /// <summary>The solution with the class declared, or null where something stands against it.</summary>
    public static async Task<Solution?> ConvertAsync(Document document, WrittenUnit unit, CancellationToken cancellation)
    {
        if (await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false) is not { } model
            || Find(await model.SyntaxTree.GetRootAsync(cancellation).ConfigureAwait(false), unit.Name) is not { } written
            || model.GetDiagnostics(written.Span, cancellation).Any(IsError)
            || model.GetDeclaredSymbol(written, cancellation) is not { InstanceConstructors: [var constructor] } type)
            return null;
        var before = document.Project.Solution;
        var edits = new Dictionary<DocumentId, Dictionary<SyntaxNode, SyntaxNode>> { [document.Id] = [] };
        foreach (var reference in await SymbolFinder.FindReferencesAsync(constructor, before, cancellation).ConfigureAwait(false))
            foreach (var location in reference.Locations)
            {
                if (await UnitCreation.RewriteAsync(location, constructor, unit, cancellation).ConfigureAwait(false) is not var (creation, rewritten))
                    return null;
                if (!edits.TryGetValue(location.Document.Id, out var inDocument))
                    edits[location.Document.Id] = inDocument = [];
                inDocument[creation] = rewritten;
            }
        var mark = new SyntaxAnnotation();
        edits[document.Id][written] = Declaration(written, unit.Forms[0], written.GetLeadingTrivia()).WithAdditionalAnnotations(mark);
        var needsUsing = model.LookupNamespacesAndTypes(written.SpanStart, name: "BlockAttribute").IsEmpty;
        var after = await ApplyAsync(before, edits, needsUsing ? document.Id : null, cancellation).ConfigureAwait(false);
        if (after is not null && unit.Forms.Count > 1)
            after = await InsertAsync(after, document.Id, mark, Declaration(written, unit.Forms[1], Above(written, unit)), cancellation).ConfigureAwait(false);
        return after is not null && await IsRightAsync(before, after, document.Project.Id, type, unit, cancellation).ConfigureAwait(false) ? after : null;
    }

    private static ClassDeclarationSyntax? Find(SyntaxNode root, string name)
    {
        var found = root.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax).OfType<ClassDeclarationSyntax>()
            .Where(one => one.Identifier.ValueText == name).ToList();
        return found.Count == 1 && found[0].BaseList is not null ? found[0] : null;
    }

    /// <summary>An empty line and the class's indentation; and a comment where the class has one, as a project that documents all its types demands.</summary>
    private static SyntaxTriviaList Above(ClassDeclarationSyntax written, WrittenUnit unit)
    {
        var above = written.GetLeadingTrivia();
        var indent = above.LastOrDefault().IsKind(SyntaxKind.WhitespaceTrivia) ? TriviaList(above.Last()) : TriviaList();
        var end = written.SyntaxTree.ToString().Contains("\r\n") ? "\r\n" : "\n";
        var comment = above.Any(static one => one.HasStructure && one.GetStructure() is DocumentationCommentTriviaSyntax)
            ? ParseLeadingTrivia(Invariant($"/// <summary><see cref=\"{unit.Name}\"/> at stride {unit.Forms[1].Stride}.</summary>{end}")).AddRange(indent)
            : TriviaList();
        return TriviaList(EndOfLine(end)).AddRange(indent).AddRange(comment);
    }

    private static async Task<Solution> InsertAsync(
        Solution solution, DocumentId id, SyntaxAnnotation mark, MemberDeclarationSyntax second, CancellationToken cancellation)
    {
        var root = (await solution.GetDocument(id)!.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
        var first = root.GetAnnotatedNodes(mark).First();
        var withLine = first.GetTrailingTrivia().Any(SyntaxKind.EndOfLineTrivia) ? first : first.WithTrailingTrivia(second.GetLeadingTrivia()[0]);
        root = root.ReplaceNode(first, withLine);
        return solution.WithDocumentSyntaxRoot(id, root.InsertNodesAfter(root.GetAnnotatedNodes(mark).First(), [second]));
    }

    private static MemberDeclarationSyntax Declaration(ClassDeclarationSyntax written, WrittenUnit.Form unit, SyntaxTriviaList above)
    {
        var line = written.SyntaxTree.GetText().Lines.GetLineFromPosition(written.SpanStart).ToString();
        var indent = line.Substring(0, line.Length - line.TrimStart().Length);
        var end = written.SyntaxTree.ToString().Contains("\r\n") ? "\r\n" : "\n";
        var modifiers = string.Concat(written.Modifiers.Where(modifier => !modifier.IsKind(SyntaxKind.PartialKeyword)).Select(modifier => modifier.ValueText + " "));
        var isShort = written.SyntaxTree.Options is CSharpParseOptions { LanguageVersion: >= (LanguageVersion)1200 };
        var head = $"{modifiers}partial class {unit.Name}{(isShort ? ";" : " { }")}";
        var text = string.Join(end, unit.Attributes.Append(head).Select((one, i) => i == 0 ? one : indent + one));
        return ParseMemberDeclaration(text, options: written.SyntaxTree.Options)!
            .WithLeadingTrivia(above).WithTrailingTrivia(written.GetTrailingTrivia());
    }

    private static async Task<Solution?> ApplyAsync(
        Solution solution,
        Dictionary<DocumentId, Dictionary<SyntaxNode, SyntaxNode>> edits,
        DocumentId? needsUsing,
        CancellationToken cancellation)
    {
        foreach (var edit in edits)
        {
            if (await solution.GetDocument(edit.Key)!.GetSyntaxRootAsync(cancellation).ConfigureAwait(false) is not CompilationUnitSyntax root
                || edit.Value.Keys.Any(node => edit.Value.Keys.Any(other => other != node && node.Span.Contains(other.Span))))
                return null;
            root = root.ReplaceNodes(edit.Value.Keys, (original, _) => edit.Value[original]);
            solution = solution.WithDocumentSyntaxRoot(edit.Key, edit.Key == needsUsing ? WithUsing(root) : root);
        }
        return solution;
    }

    /// <summary>using Blockwright; after System's and before the others, as they are sorted.</summary>
    private static CompilationUnitSyntax WithUsing(CompilationUnitSyntax root)
    {
        var directive = ParseCompilationUnit("using Blockwright;" + (root.SyntaxTree.ToString().Contains("\r\n") ? "\r\n" : "\n")).Usings[0];
        var at = root.Usings.TakeWhile(one => one.GlobalKeyword.RawKind != 0 || one.StaticKeyword.RawKind == 0 && one.Alias is null
            && (one.Name?.ToString() is { } name && (name == "System" || name.StartsWith("System.", StringComparison.Ordinal)
                || string.CompareOrdinal(name, "Blockwright") < 0))).Count();
        if (at > 0)
            return root.WithUsings(root.Usings.Insert(at, directive));
        // The file's first comment stays first.
        var first = root.GetFirstToken();
        directive = directive.WithLeadingTrivia(first.LeadingTrivia);
        return root.ReplaceToken(first, first.WithLeadingTrivia()) is var rest ? rest.WithUsings(rest.Usings.Insert(0, directive)) : root;
    }

    private static async Task<bool> IsRightAsync(Solution before, Solution after, ProjectId home, INamedTypeSymbol type, WrittenUnit unit, CancellationToken cancellation)
    {
        if (await after.GetProject(home)!.GetCompilationAsync(cancellation).ConfigureAwait(false) is not { } compilation)
            return false;
        var complete = after;
        foreach (var form in unit.Forms)
        {
            var name = type.ContainingNamespace.IsGlobalNamespace ? form.Name : $"{type.ContainingNamespace.ToDisplayString()}.{form.Name}";
            if (compilation.Assembly.GetTypeByMetadataName(name) is not { } declared)
                return false;
            var declaration = DeclarationReader.Read(declared, compilation, cancellation);
            if (!declaration.IsComplete
                || GraphBuilder.Build(declaration, new Dictionary<string, Declaration>(), cancellation) is not { Graph: not null, Problems.IsEmpty: true })
                return false;
            // Where the workspace runs no generators, a class stands in for what the build will add.
            if (declared.BaseType?.Name != Module)
                complete = complete.AddDocument(DocumentId.CreateNewId(home), $"{form.Name}.Completed.cs", Completion(declared, declaration.SaysOut),
                    filePath: $"{form.Name}.Completed.cs");
        }
        var graph = before.GetProjectDependencyGraph();
        foreach (var project in graph.GetProjectsThatTransitivelyDependOnThisProject(home).Append(home))
            if (await ErrorsAsync(complete, project, cancellation).ConfigureAwait(false) > await ErrorsAsync(before, project, cancellation).ConfigureAwait(false))
                return false;
        return true;
    }

    private static string Completion(INamedTypeSymbol type, bool saysOut)
    {
        var text = $$"""
            partial class {{type.Name}} : global::Blockwright.BlockModule
            {
                public {{type.Name}}(int inChannels{{(saysOut ? ", int outChannels" : "")}}) : base("", inChannels) { }
                protected override global::TorchSharp.torch.Tensor Compute(global::TorchSharp.torch.Tensor input) => input;
                protected override global::Blockwright.FusedModule TakeSnapshot() => throw new global::System.InvalidOperationException();
            }
            """;
        return type.ContainingNamespace.IsGlobalNamespace ? text : $"namespace {type.ContainingNamespace.ToDisplayString()}\n{{\n{text}\n}}\n";
    }

    private static async Task<int> ErrorsAsync(Solution solution, ProjectId project, CancellationToken cancellation) =>
        await solution.GetProject(project)!.GetCompilationAsync(cancellation).ConfigureAwait(false) is { } compilation
            ? compilation.GetDiagnostics(cancellation).Count(IsError)
            : int.MaxValue;

    private static bool IsError(Diagnostic one) => one.Severity == DiagnosticSeverity.Error && !one.IsWarningAsError;
}

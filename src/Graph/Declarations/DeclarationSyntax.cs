using System.Security.Cryptography;
using System.Text;
using Blockwright.Graph.Memory;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static System.FormattableString;

namespace Blockwright.Graph;

/// <summary>
/// What one file says that the meaning of an attribute can depend on, found without binding anything, once for each tree. A method's body is no part of it.
/// </summary>
internal sealed class DeclarationSyntax
{
    /// <summary>The generator, whose name the compiler puts into the paths of what it adds.</summary>
    public const string Generator = "Blockwright.Generator.BlockwrightGenerator";

    private static readonly WeakMemory<SyntaxTree, DeclarationSyntax> OfTrees = new();

    private readonly TokenText _types = new();
    private readonly TokenText _members = new();
    private readonly TokenText _makings = new();
    private readonly List<DeclaringPart> _parts = [];
    private readonly List<KeyValuePair<string, string>> _own = [];

    private DeclarationSyntax(SyntaxTree tree, CancellationToken cancellation)
    {
        _types.Add(tree.Options.Kind.ToString());
        if (tree.GetRoot(cancellation) is CompilationUnitSyntax unit)
        {
            // Among the assembly's attributes is who it is, and others may show it what they hide.
            _types.Add(unit.Externs).Add(unit.Usings).Add(unit.AttributeLists);
            // Statements make a class Program, whatever they say.
            if (unit.Members.Any(SyntaxKind.GlobalStatement))
                _types.Add("statements");
            Members(unit.Members, "", cancellation);
        }
        TypeHash = Hash(_types.ToString());
        MemberHash = Hash(_members.ToString());
        MakingHash = Hash(_makings.ToString());
        PartHash = Hash(string.Concat(_parts.Select(static part => Invariant($"{part.Name.Length} {part.Attributes.Length} {part.Names} {part.Name}{part.Attributes}"))
            .Concat(_own.Select(static own => Invariant($" {own.Key.Length} {own.Key}{own.Value}")))));
        _types = _members = _makings = new();
    }

    /// <summary>A hash of the usings and the heads of all types, with the names of their attributes.</summary>
    public string TypeHash { get; }

    /// <summary>A hash of the types' members without bodies; a constant with its value.</summary>
    public string MemberHash { get; }

    /// <summary>A hash of what a module of the user's own is made by, and what it says that it gives: constructors, conversions to what they take, and the types' attributes with all their arguments.</summary>
    public string MakingHash { get; }

    /// <summary>A hash of all that is in <see cref="Parts"/> and <see cref="Own"/>.</summary>
    public string PartHash { get; }

    /// <summary>Whether a type is called <c>var</c>.</summary>
    public bool HasTypeCalledVar { get; private set; }

    /// <summary>The parts of types that carry attributes.</summary>
    public IReadOnlyList<DeclaringPart> Parts => _parts;

    /// <summary>For each part of a type that may be written in several, the type's name and what its members are called and take.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Own => _own;

    public static DeclarationSyntax Of(SyntaxTree tree, CancellationToken cancellation) => OfTrees.Of(tree, _ => new(tree, cancellation));

    public static bool IsAddedByThisBuild(SyntaxTree tree) => tree.FilePath.Contains(Generator);

    /// <summary>Whether a comment before it says what it is, or where that is said.</summary>
    public static bool HasSummary(SyntaxNode declaration) => declaration.HasStructuredTrivia && declaration.GetLeadingTrivia().Select(static trivia => trivia.GetStructure()).OfType<DocumentationCommentTriviaSyntax>()
        .SelectMany(static comment => comment.Content).Any(static element => element switch
        {
            XmlElementSyntax { StartTag.Name.LocalName.ValueText: var name } => name == "summary",
            XmlEmptyElementSyntax { Name.LocalName.ValueText: var name } => name is "inheritdoc" or "include",
            _ => false,
        });

    public static string Hash(string text)
    {
        using var algorithm = SHA256.Create();
        return Convert.ToBase64String(algorithm.ComputeHash(Encoding.UTF8.GetBytes(text)));
    }

    private void Members(SyntaxList<MemberDeclarationSyntax> members, string container, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        foreach (var member in members)
        {
            switch (member)
            {
                case BaseNamespaceDeclarationSyntax space:
                    var name = NameOf(space);
                    _types.Add("namespace").Add(name).Add("{").Add(space.Externs).Add(space.Usings);
                    Members(space.Members, $"{container}{name}.", cancellation);
                    _types.Add("}");
                    break;
                case TypeDeclarationSyntax type:
                    Type(type, container, cancellation);
                    break;
                case EnumDeclarationSyntax or DelegateDeclarationSyntax:
                    Name(member is EnumDeclarationSyntax { Identifier: var identifier } ? identifier : ((DelegateDeclarationSyntax)member).Identifier);
                    _types.Add(member).Add(";");
                    break;
                default:
                    Member(member);
                    break;
            }
        }
    }

    private void Type(TypeDeclarationSyntax type, string container, CancellationToken cancellation)
    {
        Name(type.Identifier);
        var name = Invariant($"{container}{type.Identifier.ValueText}`{type.Arity}");
        foreach (var attribute in type.AttributeLists.SelectMany(static list => list.Attributes))
            _types.Add("[").Add(attribute.Name).Add("]");
        _types.Add(type.Modifiers).Add(type.Keyword).Add(type is RecordDeclarationSyntax record ? record.ClassOrStructKeyword : default).Add(name).Add(type.TypeParameterList).Add(type.ParameterList)
            .Add(type.BaseList).Add(type.ConstraintClauses).Add("{");
        _members.Add(name).Add("{");
        _makings.Add(name).Add(type.AttributeLists);
        if (type.AttributeLists.Count > 0)
            _parts.Add(DeclaringPart.Of(type, name));
        var hasSummary = HasSummary(type);
        if ((type.Members.Count > 0 || hasSummary) && (type.AttributeLists.Count > 0 || type.Modifiers.Any(SyntaxKind.PartialKeyword)))
            _own.Add(new(name, Hash((hasSummary ? "summary " : "") + Heads(type.Members))));
        Members(type.Members, name + "+", cancellation);
        _types.Add("}");
        _members.Add("}");
    }

    private void Name(SyntaxToken identifier) => HasTypeCalledVar |= identifier.ValueText == "var";

    private static string Heads(SyntaxList<MemberDeclarationSyntax> members)
    {
        var text = new TokenText();
        foreach (var member in members)
        {
            switch (member)
            {
                case FieldDeclarationSyntax field: Head(field, text); break;
                case MethodDeclarationSyntax method: Head(method, text); break;
                case BaseTypeDeclarationSyntax type: text.Add(type.Identifier); break;
                case ConstructorDeclarationSyntax constructor: text.Add(constructor.Modifiers).Add(constructor.ParameterList).Add(constructor.Initializer?.ThisOrBaseKeyword ?? default); break;
                // Whether a field is behind it the accessors say.
                case PropertyDeclarationSyntax property:
                    Head(property, text);
                    text.Add(property.ExpressionBody is null && property.AccessorList?.Accessors.All(static accessor => accessor is { Body: null, ExpressionBody: null }) == true ? "automatic" : "");
                    break;
                case EventFieldDeclarationSyntax or DelegateDeclarationSyntax: text.Add(member); break;
                case EventDeclarationSyntax @event: text.Add(@event.Identifier); break;
                case IndexerDeclarationSyntax indexer: text.Add(indexer.ThisKeyword); break;
                default: break;
            }
            text.Add(";");
        }
        return text.ToString();
    }

    private static void Head(FieldDeclarationSyntax field, TokenText text)
    {
        text.Add(field.Modifiers).Add(field.Declaration.Type);
        foreach (var variable in field.Declaration.Variables)
            text.Add(variable.Identifier);
    }

    private static void Head(PropertyDeclarationSyntax property, TokenText text) => text.Add(property.Modifiers).Add(property.Type).Add(property.Identifier);

    private static void Head(MethodDeclarationSyntax method, TokenText text) =>
        text.Add(method.Modifiers).Add(method.ReturnType).Add(method.Identifier).Add(method.TypeParameterList).Add(method.ParameterList);

    private void Member(MemberDeclarationSyntax member)
    {
        switch (member)
        {
            case FieldDeclarationSyntax field when !field.Modifiers.Any(SyntaxKind.ConstKeyword): Head(field, _members); break;
            case PropertyDeclarationSyntax property: Head(property, _members); break;
            case MethodDeclarationSyntax method: Head(method, _members); break;
            // No attribute can name them.
            case ConstructorDeclarationSyntax constructor:
                _makings.Add(constructor.AttributeLists).Add(constructor.Modifiers).Add(constructor.ParameterList);
                return;
            case ConversionOperatorDeclarationSyntax conversion:
                _makings.Add(conversion.ImplicitOrExplicitKeyword).Add(conversion.Type).Add(conversion.ParameterList);
                return;
            case DestructorDeclarationSyntax or OperatorDeclarationSyntax or IndexerDeclarationSyntax or GlobalStatementSyntax:
                return;
            default:
                _members.Add(member);
                break;
        }
        _members.Add(";");
    }

    /// <summary>A namespace's name, however it is spelled: two parts of one class are to be found as such.</summary>
    private static string NameOf(BaseNamespaceDeclarationSyntax space) =>
        string.Join(".", space.Name.DescendantTokens().Where(static token => token.IsKind(SyntaxKind.IdentifierToken)).Select(static token => token.ValueText));
}

/// <summary>One part of a type, with attributes.</summary>
/// <param name="Name">The type's name with its namespace and containers.</param>
/// <param name="Attributes">The attributes' tokens.</param>
/// <param name="Names">Whether the attributes name a member, whose value then counts, or from within a type a type, which the build may have added to that.</param>
internal sealed record DeclaringPart(string Name, TypeDeclarationSyntax Syntax, string Attributes, bool Names)
{
    public static DeclaringPart Of(TypeDeclarationSyntax type, string name) =>
        new(name, type, TokenText.Of(type.AttributeLists), type.AttributeLists.SelectMany(static list => list.Attributes).Any(type.Parent is TypeDeclarationSyntax ? NamesAnything : NamesMember));

    private static bool NamesMember(AttributeSyntax attribute) => attribute.ArgumentList is { } arguments && arguments.Arguments
        .Any(static argument => argument.Expression.DescendantNodesAndSelf().Any(static node => node is SimpleNameSyntax));

    private static bool NamesAnything(AttributeSyntax attribute) => NamesMember(attribute) || attribute.Name.DescendantNodesAndSelf().Any(static node => node is GenericNameSyntax);
}

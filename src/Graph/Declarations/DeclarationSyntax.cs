using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Blockwright.Graph;

/// <summary>
/// What one file says that the meaning of an attribute can depend on, found without binding anything, once for each tree. A method's body is no part of it.
/// </summary>
internal sealed class DeclarationSyntax
{
    /// <summary>The generator, whose name the compiler puts into the paths of what it adds.</summary>
    public const string Generator = "Blockwright.Generator.BlockwrightGenerator";

    private static readonly ConditionalWeakTable<SyntaxTree, DeclarationSyntax> OfTrees = new();

    private readonly StringBuilder _types = new();
    private readonly StringBuilder _members = new();
    private readonly List<DeclaringPart> _parts = [];

    private DeclarationSyntax(SyntaxNode root, CancellationToken cancellation)
    {
        if (root is CompilationUnitSyntax unit)
        {
            Append(_types, unit.Externs);
            Append(_types, unit.Usings);
            Members(unit.Members, "", cancellation);
        }
        TypeHash = Hash(_types.ToString());
        MemberHash = Hash(_members.ToString());
        _types = _members = new();
    }

    /// <summary>A hash of the usings and the heads of all types, with the names of their attributes.</summary>
    public string TypeHash { get; }

    /// <summary>A hash of the types' members without bodies; a constant with its value.</summary>
    public string MemberHash { get; }

    /// <summary>The parts of types that carry attributes.</summary>
    public IReadOnlyList<DeclaringPart> Parts => _parts;

    public static DeclarationSyntax Of(SyntaxTree tree, CancellationToken cancellation) =>
        OfTrees.TryGetValue(tree, out var known) ? known : Keep(tree, new(tree.GetRoot(cancellation), cancellation));

    public static bool IsAddedByThisBuild(SyntaxTree tree) => tree.FilePath.Contains(Generator);

    public static string Hash(string text)
    {
        using var algorithm = SHA256.Create();
        return Convert.ToBase64String(algorithm.ComputeHash(Encoding.UTF8.GetBytes(text)));
    }

    // Of two that were made at the same time the first is kept.
    private static DeclarationSyntax Keep(SyntaxTree tree, DeclarationSyntax made) => OfTrees.GetValue(tree, _ => made);

    private void Members(SyntaxList<MemberDeclarationSyntax> members, string container, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        foreach (var member in members)
        {
            switch (member)
            {
                case BaseNamespaceDeclarationSyntax space:
                    _types.Append("namespace ").Append(space.Name).Append('{');
                    Append(_types, space.Externs);
                    Append(_types, space.Usings);
                    Members(space.Members, $"{container}{space.Name}.", cancellation);
                    _types.Append('}');
                    break;
                case TypeDeclarationSyntax type:
                    Type(type, container, cancellation);
                    break;
                case EnumDeclarationSyntax or DelegateDeclarationSyntax:
                    _types.Append(member).Append(';');
                    break;
                default:
                    Member(member);
                    break;
            }
        }
    }

    private void Type(TypeDeclarationSyntax type, string container, CancellationToken cancellation)
    {
        var name = $"{container}{type.Identifier.ValueText}`{type.Arity}";
        foreach (var attribute in type.AttributeLists.SelectMany(static list => list.Attributes))
            _types.Append('[').Append(attribute.Name).Append(']');
        _types.Append(type.Modifiers).Append(' ').Append(type.Keyword.ValueText).Append(' ').Append(name).Append(type.TypeParameterList).Append(type.ParameterList)
            .Append(type.BaseList).Append(type.ConstraintClauses).Append('{');
        _members.Append(name).Append('{');
        if (type.AttributeLists.Count > 0)
            _parts.Add(DeclaringPart.Of(type, name));
        Members(type.Members, name + "+", cancellation);
        _types.Append('}');
        _members.Append('}');
    }

    private void Member(MemberDeclarationSyntax member)
    {
        switch (member)
        {
            case FieldDeclarationSyntax field when !field.Modifiers.Any(SyntaxKind.ConstKeyword):
                _members.Append(field.Modifiers).Append(field.Declaration.Type);
                foreach (var variable in field.Declaration.Variables)
                    _members.Append(' ').Append(variable.Identifier.ValueText);
                break;
            case PropertyDeclarationSyntax property:
                _members.Append(property.Modifiers).Append(property.Type).Append(' ').Append(property.Identifier.ValueText);
                break;
            case MethodDeclarationSyntax method:
                _members.Append(method.Modifiers).Append(method.ReturnType).Append(' ').Append(method.Identifier.ValueText).Append(method.TypeParameterList).Append(method.ParameterList);
                break;
            // No attribute can name them.
            case ConstructorDeclarationSyntax or DestructorDeclarationSyntax or OperatorDeclarationSyntax or ConversionOperatorDeclarationSyntax or IndexerDeclarationSyntax or GlobalStatementSyntax:
                return;
            default:
                _members.Append(member);
                break;
        }
        _members.Append(';');
    }

    private static void Append<T>(StringBuilder text, SyntaxList<T> nodes)
        where T : SyntaxNode
    {
        foreach (var node in nodes)
            text.Append(node).Append(';');
    }
}

/// <summary>One part of a type, with attributes.</summary>
/// <param name="Name">The type's name with its namespace and containers.</param>
/// <param name="Attributes">The attributes' text.</param>
/// <param name="Names">Whether an argument names something, whose value then counts.</param>
internal sealed record DeclaringPart(string Name, TypeDeclarationSyntax Syntax, string Attributes, bool Names)
{
    public static DeclaringPart Of(TypeDeclarationSyntax type, string name) => new(
        name,
        type,
        string.Concat(type.AttributeLists.Select(static list => list.ToString())),
        type.AttributeLists.SelectMany(static list => list.Attributes).Any(static attribute => attribute.ArgumentList is { } arguments && arguments.Arguments
            .Any(static argument => argument.Expression.DescendantNodesAndSelf().Any(static node => node is SimpleNameSyntax))));
}

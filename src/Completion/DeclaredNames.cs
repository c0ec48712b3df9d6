using System.Collections.Immutable;
using System.Globalization;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Completion;
using Microsoft.CodeAnalysis.Options;
using Microsoft.CodeAnalysis.Tags;
using Microsoft.CodeAnalysis.Text;

namespace Blockwright.Completion;

/// <summary>
/// Offers, inside the strings of a declaration, the names that mean something there: in <c>From("</c>, <c>Concat("</c>, <c>Add("</c> and <c>Multiply("</c> the values, with their shapes; in expressions
/// and conditions <c>in</c>, <c>out</c>, the parameters and the functions, in a stage's arguments <c>unit</c>, of a split and of a module of one's own <c>c</c>; in the latter's <c>Height</c> and <c>Width</c> <c>h</c> or <c>w</c> and the parameters.
/// </summary>
[ExportCompletionProvider(nameof(DeclaredNames), LanguageNames.CSharp)]
public sealed class DeclaredNames : CompletionProvider
{
    private const string Meaning = nameof(Meaning);

    /// <summary>How far back a typed letter is looked at: attributes stand in short lines, and every letter of a program is asked about.</summary>
    private const int Reach = 500;

    /// <inheritdoc/>
    public override bool ShouldTriggerCompletion(SourceText text, int caretPosition, CompletionTrigger trigger, OptionSet options)
    {
        if (trigger.Kind != CompletionTriggerKind.Insertion)
            return trigger.Kind is CompletionTriggerKind.Invoke or CompletionTriggerKind.InvokeAndCommitIfUnique;
        return (trigger.Character == '"' || trigger.Character == '_' || char.IsLetter(trigger.Character)) && IsInString(text, caretPosition);
    }

    /// <inheritdoc/>
    public override async Task ProvideCompletionsAsync(CompletionContext context)
    {
        if (context is null)
            throw new ArgumentNullException(nameof(context));
        try
        {
            await Provide(context).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // An editor shows a failure as a bar over the whole window, and asks no more; the declaration's own errors say what is wrong with it.
        }
    }

    /// <inheritdoc/>
    public override Task<CompletionDescription?> GetDescriptionAsync(Document document, CompletionItem item, CancellationToken cancellationToken) =>
        Task.FromResult<CompletionDescription?>(item is not null && item.Properties.TryGetValue(Meaning, out var meaning) ? CompletionDescription.FromText(meaning) : CompletionDescription.Empty);

    private static async Task Provide(CompletionContext context)
    {
        var cancellation = context.CancellationToken;
        if (await context.Document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false) is not { } root || DeclaredPlace.StringAt(root, context.Position) is not { } token
            || await context.Document.GetSemanticModelAsync(cancellation).ConfigureAwait(false) is not { } model || DeclaredPlace.Of(model, token, context.Position, cancellation) is not { } place)
            return;
        var all = DeclarationIndex.Of(model.Compilation, cancellation).All;
        var name = DeclarationReader.FullNameOf(place.Type);
        if (all.FirstOrDefault(each => each.FullName == name) is not { } declaration)
            return;
        var world = new Dictionary<string, Declaration>(StringComparer.Ordinal);
        foreach (var each in all.Concat(declaration.External))
            world[each.FullName] = each;
        var scope = GraphBuilder.ScopeAt(declaration, place.Attribute, world, cancellation);
        context.IsExclusive = true;
        context.CompletionListSpan = place.Span;
        context.AddItems(place.Wanted switch
        {
            Wanted.Value => scope.Values.Select(static (each, i) => Item(each.Name, each.Shape?.ToString() ?? "", $"the value '{each.Name}'{(each.Shape is { } shape ? $": {shape}" : "")}", i)),
            Wanted.Height => SizeAnd("h", "height", scope.Numbers),
            Wanted.Width => SizeAnd("w", "width", scope.Numbers),
            Wanted.OfUnit => Words(scope.Numbers, Names.Unit, "the unit's number in the stage, from 0"),
            Wanted.OfChannels => Words(scope.Numbers, Names.Channels, "the channels that come in here"),
            _ => Words(scope.Numbers, []),
        });
    }

    /// <summary>Those, and one more, which a parameter of the same name goes before.</summary>
    private static IEnumerable<CompletionItem> Words(ImmutableArray<(string Name, Amount Meaning)> numbers, string name, string meaning) =>
        Words(numbers, numbers.Any(each => each.Name == name) ? [] : [(name, $"{name}: {meaning}")]);

    /// <summary>What an expression may name: the numbers, then what else there is, then the functions.</summary>
    private static IEnumerable<CompletionItem> Words(ImmutableArray<(string Name, Amount Meaning)> numbers, (string Name, string Meaning)[] others) =>
        Numbers(numbers, 0).Concat(others.Concat(Functions.All).Select((each, i) => Item(each.Name, "", each.Meaning, numbers.Length + i)));

    private static IEnumerable<CompletionItem> Numbers(IEnumerable<(string Name, Amount Meaning)> numbers, int first) =>
        numbers.Select((each, i) => Item(each.Name, each.Meaning.Text == each.Name ? "" : each.Meaning.Text, Explained(each.Name, each.Meaning), first + i));

    /// <summary>A size that comes in, and the block's parameters: channels make no size.</summary>
    private static IEnumerable<CompletionItem> SizeAnd(string name, string size, IEnumerable<(string Name, Amount Meaning)> numbers) =>
        Numbers(numbers.Where(each => each.Name is not (Names.In or Names.Out) && each.Name != name), 1).Prepend(Item(name, "", $"{name}: the {size} that comes in", 0));

    private static string Explained(string name, Amount meaning)
    {
        var what = name switch
        {
            Names.In => "the channels that come in",
            Names.Out => "the channels that the block's user asks for",
            _ => "a parameter",
        };
        return meaning.Text == name ? $"{name}: {what}" : $"{name} = {meaning.Text}: {what}";
    }

    private static CompletionItem Item(string name, string shown, string meaning, int rank) => CompletionItem.Create(
        name,
        sortText: rank.ToString("D4", CultureInfo.InvariantCulture),
        properties: ImmutableDictionary<string, string>.Empty.Add(Meaning, meaning),
        tags: ImmutableArray.Create(WellKnownTags.Local),
        inlineDescription: shown);

    /// <summary>Whether the position may be in a string of an attribute: an odd number of quotes since the bracket that opens a list.</summary>
    private static bool IsInString(SourceText text, int position)
    {
        var quotes = 0;
        for (var i = Math.Min(position, text.Length) - 1; i >= Math.Max(0, position - Reach); i--)
        {
            switch (text[i])
            {
                case '"': quotes++; break;
                case '[' when quotes % 2 == 1: return true;
                case ';' or '}' when quotes % 2 == 0: return false;
            }
        }
        return false;
    }
}

using System.Globalization;

namespace Blockwright.Tool;

/// <summary>What a command was asked, as texts: it passes from the tool's side to the project's, which share no types but the framework's.</summary>
/// <param name="command">The command's name.</param>
/// <param name="values">Options and arguments by their names, as they were written; those that were left out are not there.</param>
internal sealed class Request(string command, IReadOnlyDictionary<string, string> values)
{
    public string Command => command;

    public string this[string name] => values[name];

    public bool Has(string name) => values.ContainsKey(name);

    public string? Text(string name) => values.GetValueOrDefault(name);

    public int? Number(string name) => values.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    public double? Real(string name) => values.TryGetValue(name, out var text) ? double.Parse(text, CultureInfo.InvariantCulture) : null;
}

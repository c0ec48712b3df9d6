namespace Blockwright.Graph;

/// <summary>
/// A place in a declaration that a diagnostic can stand on, without a position in a file: an attribute, one of its arguments, one item of an
/// argument that is a list, or a member.
/// </summary>
/// <param name="Attribute">The attribute's number among the declaration's attributes of Blockwright, or <see cref="Whole"/> for the class's name.</param>
/// <param name="Argument">The name of the property that the argument sets, or null for the whole attribute.</param>
/// <param name="Item">The item's number, or <see cref="Whole"/>.</param>
public readonly record struct Place(int Attribute, string? Argument = null, int Item = Place.Whole)
{
    public const int Whole = -1;

    private const string TypeArguments = "<>";
    private const string Members = ".";

    public static Place Class { get; } = new(Whole);

    public bool IsTypeArgument => Argument == TypeArguments;

    /// <summary>The name of the member of the user's own that this is, or null.</summary>
    public string? MemberName => Attribute == Whole && Argument?.StartsWith(Members, StringComparison.Ordinal) == true ? Argument.Substring(Members.Length) : null;

    public static Place TypeArgument(int attribute, int number) => new(attribute, TypeArguments, number);

    /// <summary>A member that the class has of the user's own, among those of its name.</summary>
    public static Place Member(string name, int number) => new(Whole, Members + name, number);
}

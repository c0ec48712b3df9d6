using Blockwright.Kernels.Simd;

namespace Blockwright.Kernels;

/// <summary>A function applied to each element as an operation writes it. <see cref="Names"/> are those that there are.</summary>
public readonly record struct Activation
{
    private readonly Formula? _formula;

    private Activation(Formula formula, float first, float second) => (_formula, First, Second) = (formula, first, second);

    /// <summary>x.</summary>
    public static Activation None => default;

    /// <summary>The names that <see cref="Named"/> takes, as torch.nn has them.</summary>
    public static IReadOnlyCollection<string> Names => Formulas.All.Keys;

    /// <summary>The module's name in torch.nn, empty for none.</summary>
    public string Name => Formula.Name;

    /// <summary>Its first parameter.</summary>
    internal float First { get; }

    /// <summary>Its second parameter.</summary>
    internal float Second { get; }

    /// <summary>What it computes.</summary>
    internal Formula Formula => _formula ?? Formulas.None;

    /// <summary>The activation that a module of torch.nn computes.</summary>
    /// <param name="name">The module's name, empty for none.</param>
    /// <param name="parameters">Its parameters, in the order in which torch.nn takes them; those that do not change the formula, such as inplace, left out.</param>
    /// <exception cref="NotSupportedException">There is no kernel for it.</exception>
    /// <exception cref="ArgumentException">It takes another number of parameters.</exception>
    public static Activation Named(string name, ReadOnlySpan<double> parameters)
    {
        ArgumentNullException.ThrowIfNull(name);
        var formula = name.Length == 0 ? Formulas.None
            : Formulas.All.TryGetValue(name, out var known) ? known
            : throw new NotSupportedException($"The CPU has no kernel for the activation {name}. Those that it has are {string.Join(", ", Names)}.");
        var (first, second) = formula.Bind(parameters);
        return formula == Formulas.None ? None : new Activation(formula, first, second);
    }

    /// <summary>The name, with the parameters that were given.</summary>
    public override string ToString() => Formula.Describe(First, Second);
}

using Blockwright.Graph;
using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.HandWritten.Units;

/// <summary>A class that is a ShuffleNet unit, in the language of declared blocks.</summary>
/// <param name="First">The concatenation's first value.</param>
/// <param name="Second">Its second value.</param>
/// <param name="Groups">The shuffle's groups.</param>
/// <param name="In">The constructor's parameter that the input's channels depend on.</param>
/// <param name="Out">The one that the output's depend on, where the input's do not say it.</param>
internal sealed record ShuffleUnit(UnitFlow First, UnitFlow Second, long Groups, ChannelParameter In, ChannelParameter? Out);

/// <summary>What a class is: one unit, or one for each stride that its constructor is given.</summary>
/// <param name="Stride">The parameter that chooses, or null.</param>
/// <param name="Forms">The units, with the stride that each is for.</param>
internal sealed record UnitForms(IParameterSymbol? Stride, IReadOnlyList<(long Stride, ShuffleUnit Unit)> Forms);

/// <summary>Channels that are a parameter's multiple: <c>in = 2 * half</c>.</summary>
internal sealed record ChannelParameter(IParameterSymbol Symbol, long Factor)
{
    /// <summary>The parameter, said by the channels.</summary>
    public Amount Of(Amount channels) => channels.DividedBy(Amount.Of(Factor));
}

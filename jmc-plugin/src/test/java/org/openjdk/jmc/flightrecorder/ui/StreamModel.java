package org.openjdk.jmc.flightrecorder.ui;

import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.item.IItemFilter;
import org.openjdk.jmc.common.item.ItemFilters;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.IRange;
import org.openjdk.jmc.flightrecorder.JfrAttributes;

/** For the test host: what of JMC's type of this name a page may call. */
public class StreamModel {
    private final IItemCollection items;

    /** JMC's own one is made of arrays, by JMC alone. */
    public StreamModel(IItemCollection items) {
        this.items = items;
    }

    /** {@return the events of a time that a filter takes} */
    public IItemCollection getItems(IRange<IQuantity> range, IItemFilter filter) {
        return getItems(range).apply(filter);
    }

    /** {@return the events of a time} */
    public IItemCollection getItems(IRange<IQuantity> range) {
        return items.apply(ItemFilters.rangeIntersects(JfrAttributes.LIFETIME, range));
    }

    /** {@return all events} */
    public IItemCollection getItems() {
        return items;
    }
}

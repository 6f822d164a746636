import { useEffect, useState } from 'preact/hooks';
import { Empty, Notice, Wait } from '../../../shared/ui/components.tsx';
import { readStores, type Store } from '../ask.ts';
import { session } from '../session.ts';
import { AddDevice } from './add.tsx';
import { type Device, readDevices } from './data.ts';
import { DeviceCard } from './device.tsx';

/** The devices of the retailer's stores: add one, let it enrol with a code, revoke it. */
export function DevicesPage() {
  const [devices, setDevices] = useState<Device[] | null>(null);
  const [stores, setStores] = useState<Store[]>([]);
  const [trouble, setTrouble] = useState<string | null>(null);
  const isAdmin = session.value?.role === 'admin';

  useEffect(() => {
    document.title = 'Devices · Sesame';
    void Promise.all([readDevices(), readStores()]).then(([found, shops]) => {
      if (typeof found === 'string') setTrouble(found);
      else setDevices(found);
      if (typeof shops === 'string') setTrouble(shops);
      else setStores(shops);
    });
    return () => {
      document.title = 'Orders · Sesame';
    };
  }, []);

  const keep = (device: Device) =>
    setDevices((known) => {
      const others = (known ?? []).filter(({ id }) => id !== device.id);
      return [...others, device].sort((a, b) => (a.created_at < b.created_at ? -1 : 1));
    });
  const inUse = devices?.filter(({ revoked_at }) => revoked_at === null) ?? [];
  return (
    <section class="stack" aria-label="Devices">
      <h1>Devices</h1>
      {trouble !== null && <Notice tone="wait">{trouble}</Notice>}
      {devices === null && trouble === null && <Wait>Reading the devices</Wait>}
      {isAdmin && stores.length > 0 && <AddDevice stores={stores} onAdded={keep} />}
      {devices !== null && inUse.length === 0 && (
        <Empty>No device yet. Add the store agent first: everything in the shop speaks to it.</Empty>
      )}
      {stores.map((store) => {
        const here = inUse.filter(({ store_id }) => store_id === store.id);
        if (here.length === 0) return null;
        return (
          <section key={store.id} class="stack" aria-label={store.name}>
            <h2>{store.name}</h2>
            <ul class="device-list">
              {here.map((device) => (
                <DeviceCard key={device.id} device={device} mayChange={isAdmin} onChange={keep} />
              ))}
            </ul>
          </section>
        );
      })}
    </section>
  );
}
